// The disk store's room: what expires, what is over its bounds, and who gives way.

#include "actors/stores/disk/disk_worker.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

using family = disk_engine::family;

constexpr std::size_t swept_at_once = 256;   // while others wait for the disk
constexpr std::int64_t unsaid_ttl = 60'000;  // ms that a name is known that was opened and said nothing
constexpr std::int64_t later = 3600'000;     // ms until what could not be read is looked at again
constexpr std::uint64_t slack = 64;          // room is made for a 64th more than is needed

} // namespace

void disk_worker::handle(sweep_order&) {
  commit();
  if (failed_)
    try_to_open();
  if (failed_)
    return;
  measure();
  tell_trouble();
  expire();
  make_room();
  commit();
}

/// The engine's own files, and what the file system has left.
void disk_worker::measure() {
  const auto files = engine_.file_bytes();
  core_->status.file_bytes = files;
  const auto free = engine_.free_bytes();
  std::optional<std::string> why;
  if (files >= settings_.bytes)
    why = "its files have disk.bytes (" + std::to_string(settings_.bytes) + ")";
  else if (free && *free < settings_.reserve_bytes)
    why = "the file system has less than disk.reserve_bytes (" + std::to_string(settings_.reserve_bytes) + ") left";
  if (why && !full_)
    events_.announce(events::limit_passed{files >= settings_.bytes ? "disk.bytes" : "disk.reserve_bytes", settings_.dir});
  full_ = std::move(why);
  if (full_)
    engine_.tidy();
}

// -- one channel --------------------------------------------------------------

history_bounds disk_worker::bounds_of(const disk_channel& which) const {
  history_bounds most;
  most.ttl = which.record.ttl;
  if (which.open)
    most = {which.open->keep.size, which.open->keep.bytes, which.open->keep.ttl.count()};
  return most;
}

void disk_worker::trim_if_worth(disk_channel& which) {
  if (!failed_ && disk_trimmer::is_over(which.record, bounds_of(which), now(), true))
    (void)trim(which, bounds_of(which));
}

/// False: what is there cannot be read.
bool disk_worker::trim(disk_channel& which, const history_bounds& most) {
  const auto done = trimmer_.trim(which.record, most, now());
  changed(which);
  if (!done)
    damaged(which.name + ": " + done.error());
  return done.has_value();
}

/// Its record is another, by itself.
void disk_worker::changed(disk_channel& which) {
  if (which.stored)
    batch_.add_changed(which.shared_from_this());
  look_at(which);
}

void disk_worker::look_at(disk_channel& which) {
  catalogue_.look_at(which, which.stored ? settings_.forget_after.count() : unsaid_ttl);
}

void disk_worker::forget(disk_channel& which) {
  const auto stays = which.shared_from_this(); // until we are done
  if (which.stored) {
    engine_.erase(family::channels, which.name);
    if (const auto done = trimmer_.erase_all(which.record); !done)
      damaged(which.name + ": " + done.error());
  }
  catalogue_.forget(which);
}

// -- all of them --------------------------------------------------------------

void disk_worker::expire() {
  const auto now_is = now();
  for (std::size_t n = 0; n < swept_at_once; ++n) {
    auto* which = catalogue_.due(now_is);
    if (!which)
      return;
    auto& record = which->record;
    if (!record.empty() && !trim(*which, bounds_of(*which))) {
      catalogue_.put_off(*which, now_is + later);
      continue;
    }
    if (record.empty() && record.keys_bytes != 0 && record.keys_until <= now_is)
      forget_keys(*which);
    const auto keep_for = which->stored ? settings_.forget_after.count() : unsaid_ttl;
    if (!which->open && record.empty() && record.keys_bytes == 0 && record.used_at + keep_for <= now_is)
      forget(*which);
    else
      look_at(*which);
  }
  core_->queue.put(sweep_order{}); // others have their turn before the rest
}

void disk_worker::forget_keys(disk_channel& which) {
  if (const auto done = trimmer_.erase_keys(which.record); !done)
    damaged(which.name + ": " + done.error());
  which.record.keys_bytes = 0;
  if (which.open) {
    const std::lock_guard alone{which.open->keys->guard};
    which.open->keys->known.trim(which.open->keep, core_->now());
  }
  changed(which);
}

void disk_worker::make_room() {
  const auto most = settings_.bytes / 2;
  if (catalogue_.bytes() <= most)
    return;
  const auto enough = most - most / slack;
  for (std::size_t n = 0; catalogue_.bytes() > enough && n < swept_at_once; ++n) {
    if (auto* bare = catalogue_.oldest_bare()) {
      forget(*bare);
    } else if (auto* largest = catalogue_.heaviest()) {
      auto bounds = bounds_of(*largest);
      bounds.bytes = std::min(bounds.bytes, largest->record.bytes * 3 / 4);
      if (largest->record.empty())
        forget_keys(*largest);
      else if (!trim(*largest, bounds))
        return;
    } else if (auto* idle = catalogue_.oldest_with_snapshot()) {
      forget(*idle);
    } else {
      return; // what is left are live channels and their snapshots, which have limits of their own
    }
  }
}

} // namespace troupe::actors
