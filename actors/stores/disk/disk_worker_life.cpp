// The engine of the disk store is opened, fails, and is opened anew.

#include "actors/stores/disk/disk_worker.hpp"

#include <unordered_map>
#include <utility>

namespace troupe::actors {

namespace {

using family = disk_engine::family;

constexpr std::string_view format_name = "format", format_now = "1";

} // namespace

// -- opening ------------------------------------------------------------------

/// Tried while it is not open, or has failed. A full disk needs room first: opening writes.
void disk_worker::try_to_open() {
  if (const auto free = engine_.free_bytes(); failed_ && free && *free < settings_.reserve_bytes)
    return;
  const auto opened = engine_.open(settings_.salvage);
  if (!opened)
    return failed(opened.error());
  auto ready = check_format();
  if (ready)
    ready = loaded_ ? reconcile(*opened) : load_catalogue(*opened);
  if (!ready)
    return failed(ready.error());
  loaded_ = true;
  failed_.reset();
  if (*opened)
    damaged("what could not be read was left out, and every channel has a new epoch");
  measure();
  tell_trouble();
}

disk_engine::result<void> disk_worker::check_format() {
  const auto format = engine_.get(family::about, format_name);
  if (!format)
    return tl::unexpected(format.error());
  if (!*format) {
    engine_.put(family::about, format_name, format_now);
    return engine_.commit(true);
  }
  if (**format != format_now)
    return tl::unexpected("its format is " + **format + ", this program reads " + std::string{format_now});
  return {};
}

disk_engine::result<void> disk_worker::load_catalogue(bool damage) {
  bool good = true;
  const auto read = engine_.read_all(family::channels, [&](std::string_view name, std::string_view packed) {
    auto record = channel_of(packed);
    good = record.has_value();
    if (!good)
      return false;
    if (damage)
      renew_epoch(*record);
    auto which = catalogue_.add(std::string{name}, *std::move(record), true);
    look_at(*which);
    if (damage)
      engine_.put(family::channels, name, pack(which->record));
    return true;
  });
  if (!read || !good) {
    catalogue_.clear();
    return good ? read : tl::unexpected(std::string{"damaged: a channel's record cannot be read"});
  }
  return engine_.has_changes() ? engine_.commit(true) : disk_engine::result<void>{};
}

/// After a failure: what we know was answered, what the disk has may be more (a batch whose sync failed) or, if it lies,
/// less.
disk_engine::result<void> disk_worker::reconcile(bool damage) {
  std::unordered_map<std::string, channel_record> there;
  const auto read = engine_.read_all(family::channels, [&](std::string_view name, std::string_view packed) {
    if (auto record = channel_of(packed))
      there.emplace(name, *std::move(record));
    return true;
  });
  if (!read)
    return read;
  disk_engine::result<void> done;
  catalogue_.for_each([&](disk_channel& which) {
    const auto found = there.find(which.name);
    const bool lost = damage || (which.stored && (found == there.end() || found->second.head < which.record.head));
    if (found != there.end() && done)
      done = trimmer_.erase_unanswered(which.record);
    if (lost)
      renew_epoch(which.record);
    if (which.stored)
      engine_.put(family::channels, which.name, pack(which.record));
    if (found != there.end() && which.stored)
      there.erase(found);
  });
  for (const auto& [name, record] : there) { // nobody was told of these
    engine_.erase(family::channels, name);
    if (done)
      done = trimmer_.erase_all(record);
  }
  if (!done)
    return done;
  return engine_.has_changes() ? engine_.commit(true) : disk_engine::result<void>{};
}

void disk_worker::renew_epoch(channel_record& of) { of.epoch = epochs_.next(); }

// -- trouble ------------------------------------------------------------------

/// Nothing is taken until it has been opened anew.
void disk_worker::failed(const std::string& why) {
  engine_.drop_changes();
  failed_ = why;
  tell_trouble();
}

/// Something that was kept cannot be read. The rest goes on; who asked for it is told.
void disk_worker::damaged(const std::string& what) {
  if (!damage_)
    damage_ = what;
  tell_trouble();
}

void disk_worker::tell_trouble() {
  const auto& now_is = failed_ ? failed_ : full_ ? full_ : damage_;
  if (!core_->status.set_trouble(now_is))
    return;
  if (now_is)
    events_.announce(events::store_failed{settings_.dir, *now_is});
  else
    events_.announce(events::store_recovered{settings_.dir});
}

} // namespace troupe::actors
