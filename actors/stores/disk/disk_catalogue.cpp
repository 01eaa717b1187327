#include "actors/stores/disk/disk_catalogue.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

disk_catalogue::~disk_catalogue() {
  for (auto& [name, which] : all_)
    shares_.leave(which->share);
}

// -- coming and going ---------------------------------------------------------

disk_channel_ptr disk_catalogue::find(const std::string& name) const {
  const auto found = all_.find(name);
  return found == all_.end() ? nullptr : found->second;
}

disk_channel_ptr disk_catalogue::add(const std::string& name, channel_record what, bool stored) {
  auto made = std::make_shared<disk_channel>(name);
  if (what.id == 0)
    what.id = last_id_ + 1;
  last_id_ = std::max(last_id_, what.id);
  made->record = std::move(what);
  made->stored = stored;
  made->share = shares_.enter(made->record.by, made.get(), place_bytes);
  all_.emplace(made->name, made);
  return made;
}

void disk_catalogue::forget(disk_channel& which) {
  stand_in(nullptr, which);
  cancel(which);
  shares_.leave(std::exchange(which.share, nullptr));
  bytes_ -= which.counted;
  const auto gone = all_.extract(std::string_view{which.name}); // its key is a view of what goes
}

void disk_catalogue::clear() {
  while (!all_.empty())
    forget(*all_.begin()->second);
}

void disk_catalogue::for_each(const std::function<void(disk_channel&)>& what) {
  for (auto& [name, which] : all_)
    what(*which);
}

// -- keeping count ------------------------------------------------------------

void disk_catalogue::look_at(disk_channel& which, std::int64_t forget_after) {
  const auto& r = which.record;
  const auto history = r.bytes + r.keys_bytes;
  bytes_ -= which.counted;
  which.counted = history + r.snapshot_bytes + place_bytes;
  bytes_ += which.counted;
  if (history != which.weighed) {
    which.weighed = history;
    shares_.weigh(which.share, history);
  }
  const bool bare = r.empty() && r.keys_bytes == 0;
  if (which.open || !bare)
    stand_in(nullptr, which);
  else if (!which.stands_in)
    stand_in(r.snapshot_bytes != 0 ? &with_snapshot_ : &bare_, which);
  if (!r.empty())
    schedule(which, r.oldest_at + r.ttl);
  else if (r.keys_bytes != 0)
    schedule(which, r.keys_until);
  else if (!which.open)
    schedule(which, r.used_at + forget_after);
  else
    cancel(which);
}

disk_channel* disk_catalogue::due(std::int64_t now) {
  return agenda_.empty() || agenda_.begin()->first > now ? nullptr : agenda_.begin()->second;
}

void disk_catalogue::schedule(disk_channel& which, std::int64_t at) {
  if (which.scheduled && which.due->first == at)
    return;
  cancel(which);
  which.due = agenda_.emplace(at, &which);
  which.scheduled = true;
}

void disk_catalogue::cancel(disk_channel& which) {
  if (std::exchange(which.scheduled, false))
    agenda_.erase(which.due);
}

void disk_catalogue::stand_in(disk_channel::row* where, disk_channel& which) {
  if (which.stands_in)
    which.stands_in->erase(which.place);
  which.stands_in = where;
  if (where)
    which.place = where->insert(where->end(), &which);
}

} // namespace troupe::actors
