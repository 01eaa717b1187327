// The disk's thread opens channels for their owners.

#include "actors/stores/disk/disk_partition.hpp"
#include "actors/stores/disk/disk_worker.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace troupe::actors {

namespace {

using family = disk_engine::family;

struct kept_key {
  std::int64_t at = 0;
  std::uint64_t number = 0; // its offset, if it is no call's
  append_key key;
  std::optional<call_answer> answer;
};

/// Of appends and calls, as they came.
disk_engine::result<std::vector<kept_key>> read_keys(disk_engine& from, std::uint64_t channel) {
  std::vector<kept_key> all;
  const auto read = [&](family where, const disk_engine::visitor& visit) {
    const auto first = record_name(channel, 0);
    return from.read_on(where, first, first, record_name(channel, last_offset), visit);
  };
  auto done = read(family::keys, [&](std::string_view name, std::string_view packed) {
    if (auto r = key_of(packed))
      all.push_back({r->at, offset_of(name), std::move(r->key), {}});
    return true;
  });
  if (done)
    done = read(family::answers, [&](std::string_view name, std::string_view packed) {
      if (auto r = answer_of(packed))
        all.push_back({r->at, offset_of(name), std::move(r->key), std::move(r->what)});
      return true;
    });
  if (!done)
    return tl::unexpected(done.error());
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  return all;
}

} // namespace

/// The answer carries a partition, which closes the channel again if nobody is there to take it.
void disk_worker::handle(open_order& o) {
  commit(); // what is read must be there
  auto which = take(o);
  if (!which)
    return o.back([then = std::move(o.then), why = which.error()] { then(tl::unexpected(why)); });
  const auto& open = *(*which)->open;
  const auto made = std::make_shared<std::unique_ptr<partition>>(
      std::make_unique<disk_partition>(core_, *which, open.owner, open.keep, open.keys));
  o.back([then = std::move(o.then), made] { then(std::move(*made)); });
}

tl::expected<disk_channel_ptr, failure> disk_worker::take(const open_order& o) {
  const auto no = [](error_code code, std::string why) { return tl::unexpected(failure{code, std::move(why)}); };
  if (failed_)
    return no(error_code::unavailable, "the disk store: " + *failed_);
  auto which = catalogue_.find(o.channel);
  if (which && which->open)
    return no(error_code::unavailable, "the channel's partition is in use");
  if (!which) {
    if (catalogue_.size() >= settings_.channels && catalogue_.oldest_bare())
      forget(*catalogue_.oldest_bare());
    if (catalogue_.size() >= settings_.channels) {
      events_.announce(events::limit_passed{"disk.channels", o.channel});
      return no(error_code::limit, "the disk store knows too many channels");
    }
    channel_record fresh;
    fresh.epoch = epochs_.next();
    fresh.by = o.by;
    which = catalogue_.add(o.channel, std::move(fresh), false);
  }
  which->open = std::make_unique<open_disk_channel>();
  which->open->keep = o.keep;
  which->open->owner = std::make_shared<disk_owner>();
  which->open->owner->back = o.back;
  which->open->owner->channel = which;
  if (const auto loaded = load(*which); !loaded) {
    which->open.reset();
    damaged(o.channel + ": " + loaded.error());
    return no(error_code::unavailable, "the disk store: " + loaded.error());
  }
  which->record.ttl = o.keep.ttl.count();
  which->record.used_at = now();
  look_at(*which);
  return which;
}

/// What its owner is to see without asking.
disk_engine::result<void> disk_worker::load(disk_channel& which) {
  auto& view = *which.open->owner->view;
  const auto& record = which.record;
  view.epoch = record.epoch;
  view.head = record.head;
  view.bytes = record.bytes;
  view.position = record.position;
  if (record.snapshot_bytes != 0) {
    const auto state = engine_.get(family::snapshots, record_name(record.id, 0));
    if (!state)
      return tl::unexpected(state.error());
    view.snapshot = *state ? state_of(**state) : std::nullopt;
  }
  return which.stored ? load_keys(which) : disk_engine::result<void>{};
}

/// Those whose time is over go.
disk_engine::result<void> disk_worker::load_keys(disk_channel& which) {
  const auto id = which.record.id;
  auto all = read_keys(engine_, id);
  if (!all)
    return tl::unexpected(all.error());
  auto& open = *which.open;
  auto& known = open.keys->known;
  append_keys::forgotten forgotten;
  known.tell_forgotten(&forgotten);
  for (auto& k : *all) {
    if (k.answer)
      known.add_answer(std::move(k.key), *std::move(k.answer), open.keep, from_ms(k.at), k.number);
    else
      known.add(std::move(k.key), k.number, open.keep, from_ms(k.at));
  }
  known.trim(open.keep, core_->now());
  known.tell_forgotten(nullptr);
  batch_.erase(id, forgotten);
  which.record.keys_bytes = known.bytes();
  return {};
}

} // namespace troupe::actors
