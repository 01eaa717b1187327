#include "actors/stores/disk/disk_batch.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

using family = disk_engine::family;

/// What whoever waited for a commit that failed hears.
failure not_kept(const std::string& why) { return {error_code::unavailable, "the disk store did not keep this: " + why}; }

/// Only its position is still known.
publication_ptr bare(offset_t offset) {
  publication p;
  p.offset = offset;
  return std::make_shared<const publication>(std::move(p));
}

} // namespace

// -- taking -------------------------------------------------------------------

open_disk_channel& disk_batch::enter(const disk_channel_ptr& which) {
  auto& open = *which->open;
  if (!std::exchange(open.in_batch, true)) {
    open.next = which->record;
    channels_.push_back(which);
  }
  return open;
}

void disk_batch::wait(const owned_order& by, bool depends, std::function<void(const disk_engine::result<void>&)> tell) {
  answers_.push_back({by.owner, depends, std::move(tell)});
}

std::optional<offset_t> disk_batch::known(const open_disk_channel& of, const append_key& key, std::int64_t now) {
  if (const auto staged = of.keys_staged.find(key); staged != of.keys_staged.end())
    return staged->second;
  const std::lock_guard alone{of.keys->guard};
  return of.keys->known.find(key, of.keep, from_ms(now));
}

bool disk_batch::is_answered(const open_disk_channel& of, const append_key& key, std::int64_t now) {
  if (of.answers_staged.contains(key))
    return true;
  const std::lock_guard alone{of.keys->guard};
  return of.keys->known.find_answer(key, of.keep, from_ms(now)).has_value();
}

/// More than it comes to once what is over the bounds has gone: a channel that is killed before costs no less.
void disk_batch::count(open_disk_channel& of, const append_key& key, std::size_t answer_bytes, std::int64_t now) {
  of.next.keys_bytes += append_keys::cost(key, answer_bytes);
  of.next.keys_until = now + of.keep.key_ttl.count();
}

void disk_batch::add(append_order& what, std::int64_t now) {
  auto& open = enter(what.channel);
  const auto answer_with = [&](kept done) {
    wait(what, true, [then = std::move(what.then), done = std::move(done)](const disk_engine::result<void>& became) {
      became ? then(done) : then(tl::unexpected(not_kept(became.error())));
    });
  };
  if (what.key)
    if (const auto before = known(open, what.key, now))
      return answer_with({bare(*before), true});
  auto& record = open.next;
  what.draft.offset = ++record.head;
  record.used_at = now;
  auto said = std::make_shared<const publication>(std::move(what.draft));
  if (open.keep.size == 0) {
    record.first = record.head + 1;
  } else {
    if (record.first == record.head)
      record.oldest_at = now;
    record.bytes += said->size();
    open.chunk.add(*said, now);
  }
  if (what.key) {
    count(open, what.key, 0, now);
    open.keys_staged.emplace(std::move(what.key), record.head);
  }
  bytes_ += said->size();
  if (open.chunk.full())
    write_chunk(open);
  answer_with({std::move(said), false});
}

void disk_batch::add(snapshot_order& what) {
  auto& open = enter(what.channel);
  open.next.snapshot_bytes = what.state.size();
  engine_.put(family::snapshots, record_name(open.next.id, 0), pack(what.state));
  bytes_ += what.state.size();
  wait(what, true, [then = std::move(what.then)](const disk_engine::result<void>& became) {
    became ? then({}) : then(tl::unexpected(not_kept(became.error())));
  });
}

void disk_batch::add(answer_order& what, std::int64_t now) {
  auto& open = enter(what.channel);
  if (!is_answered(open, what.key, now)) {
    auto record = pack(answer_record{what.key, now, what.what});
    open.next.used_at = now;
    count(open, what.key, record.size(), now);
    bytes_ += record.size();
    engine_.put(family::answers, record_name(open.next.id, ++open.next.answered), record);
    open.answers_staged.try_emplace(std::move(what.key), open_disk_channel::staged_answer{open.next.answered, std::move(what.what)});
  }
  wait(what, true, [then = std::move(what.then)](const disk_engine::result<void>& became) {
    became ? then({}) : then(tl::unexpected(not_kept(became.error())));
  });
}

void disk_batch::add(position_order& what) {
  auto& position = enter(what.channel).next.position;
  position = std::max(position, what.at);
}

void disk_batch::add_changed(const disk_channel_ptr& which) {
  if (!std::exchange(which->changed, true))
    changed_.push_back(which);
}

void disk_batch::forget_changed() {
  for (const auto& which : std::exchange(changed_, {}))
    which->changed = false;
  engine_.drop_changes();
}

// -- keeping ------------------------------------------------------------------

void disk_batch::write_chunk(open_disk_channel& of) {
  const auto name = record_name(of.next.id, of.chunk.first());
  engine_.put(family::publications, name, of.chunk.take());
}

void disk_batch::write(disk_channel& which, std::int64_t now) {
  auto& open = *which.open;
  if (!open.chunk.empty())
    write_chunk(open);
  for (const auto& [key, offset] : open.keys_staged)
    engine_.put(family::keys, record_name(open.next.id, offset), pack(key_record{key, now}));
  engine_.put(family::channels, which.name, pack(open.next));
}

disk_engine::result<void> disk_batch::commit(std::int64_t now, const answerer& answer) {
  for (const auto& which : channels_)
    write(*which, now);
  for (const auto& which : changed_) {
    which->changed = false;
    if (which->stored && which->share && !(which->open && which->open->in_batch))
      engine_.put(family::channels, which->name, pack(which->record));
  }
  changed_.clear();
  synced_ = std::any_of(answers_.begin(), answers_.end(), [](const auto& a) { return a.depends; });
  const auto became = synced_ || engine_.has_changes() ? engine_.commit(synced_) : disk_engine::result<void>{};
  committed_ = std::exchange(channels_, {});
  for (const auto& which : committed_)
    became ? adopt(*which, now) : roll_back(*which);
  for (auto& a : std::exchange(answers_, {}))
    answer(a.owner, [tell = std::move(a.tell), became] { tell(became); });
  bytes_ = 0;
  return became;
}

void disk_batch::adopt(disk_channel& which, std::int64_t now) {
  auto& open = *which.open;
  open.in_batch = false;
  which.stored = true;
  which.record = open.next;
  if (open.keys_staged.empty() && open.answers_staged.empty())
    return;
  keep_keys(open, now);
  const std::lock_guard alone{open.keys->guard};
  which.record.keys_bytes = open.keys->known.bytes();
}

/// In the order of their offsets and numbers, as they came.
void disk_batch::keep_keys(open_disk_channel& of, std::int64_t now) {
  std::map<offset_t, append_key> keys;
  for (auto& [key, offset] : std::exchange(of.keys_staged, {}))
    keys.emplace(offset, key);
  std::map<std::uint64_t, std::pair<append_key, call_answer>> answers;
  for (auto& [key, staged] : std::exchange(of.answers_staged, {}))
    answers.try_emplace(staged.number, key, std::move(staged.what));
  append_keys::forgotten forgotten;
  const std::lock_guard alone{of.keys->guard};
  auto& known = of.keys->known;
  known.tell_forgotten(&forgotten);
  known.trim(of.keep, from_ms(now));
  for (auto& [offset, key] : keys)
    known.add(std::move(key), offset, of.keep, from_ms(now));
  for (auto& [number, a] : answers)
    known.add_answer(std::move(a.first), std::move(a.second), of.keep, from_ms(now), number);
  known.tell_forgotten(nullptr);
  erase(of.next.id, forgotten);
}

void disk_batch::erase(std::uint64_t channel, const append_keys::forgotten& what) {
  for (const auto offset : what.appends)
    engine_.erase(family::keys, record_name(channel, offset));
  for (const auto number : what.answers)
    engine_.erase(family::answers, record_name(channel, number));
}

void disk_batch::roll_back(disk_channel& which) {
  auto& open = *which.open;
  open.in_batch = false;
  open.keys_staged.clear();
  open.answers_staged.clear();
  (void)open.chunk.take();
}

} // namespace troupe::actors
