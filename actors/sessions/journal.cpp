#include "actors/sessions/journal.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

/// The middle of a stretch is found by walking: it stays a short way.
constexpr std::uint32_t messages_max = 64;

} // namespace

// -- writing ------------------------------------------------------------------

void journal::sent(std::uint32_t of, const place& from, std::uint32_t messages, kind is) {
  if (messages == 0)
    return;
  count_ += messages;
  const bool adjoins = open_.end + messages == count_ && open_.of == of && open_.from.epoch == from.epoch;
  const bool alike = (open_.is == is ? is < kind::gap : has_offsets(open_.is) && has_offsets(is)) &&
                     (open_.from.entry == 0) == (from.entry == 0);
  if (open_.messages > 0 && adjoins && alike && open_.messages + messages <= messages_max) {
    if (open_.is != is || (is == kind::numbered && from.offset != open_.from.offset + open_.messages))
      open_.is = kind::holed;
    open_.end = count_;
    open_.messages += messages;
    return;
  }
  close_stretch();
  open_ = {count_, from, messages, of, is};
}

/// There is room for the next one then.
void journal::close_stretch() {
  if (open_.messages == 0)
    return;
  stretches_.push_back(std::exchange(open_, {}));
  if (stretches_.size() < limits_.stretches_max)
    return;
  stretches_from_ = stretches_.front().end;
  stretches_.pop_front();
}

void journal::said(std::uint32_t of, private_item what) {
  ++count_;
  keep({count_, of, std::move(what)});
}

/// What is too large for all of it is lost by itself: what went before it stays.
void journal::keep(kept what) {
  if (what.what.bytes > limits_.bytes_max) {
    forget(what);
    return;
  }
  bytes_ += what.what.bytes;
  kept_.push_back(std::move(what));
  while (bytes_ > limits_.bytes_max)
    drop_oldest_said();
}

void journal::note_end(std::uint32_t of, protocol::gap what) {
  private_item gap;
  gap.bytes = sizeof(private_item) + what.channel.size() + what.at.epoch.size();
  gap.what = std::move(what);
  gap.silent = true;
  keep({count_ + 1, of, std::move(gap)});
}

/// A gap before the last word shares its count.
void journal::forget(const kept& what) {
  said_from_ = std::max(said_from_, what.count - (what.what.silent ? 1 : 0));
}

void journal::drop_oldest_said() {
  forget(kept_.front());
  bytes_ -= kept_.front().what.bytes;
  kept_.pop_front();
}

// -- what its client has ------------------------------------------------------

void journal::acknowledge(std::uint64_t received) {
  if (received > count_)
    return;
  while (!stretches_.empty() && stretches_.front().end <= received) {
    stretches_from_ = stretches_.front().end;
    stretches_.pop_front();
  }
  if (open_.messages > 0 && open_.end <= received) {
    stretches_from_ = open_.end;
    open_ = {};
  }
  while (!kept_.empty() && kept_.front().count <= received)
    drop_oldest_said();
  if (stretches_.empty())
    stretches_ = {}; // most sessions are silent for hours
  if (kept_.empty())
    kept_ = {};
}

std::optional<journal::resumption> journal::go_back(std::uint64_t received) {
  if (received > count_)
    return std::nullopt;
  resumption r;
  r.at = received;
  r.stretches_known = received >= stretches_from_;
  r.said_known = received >= std::max(said_from_, loss_told_from_);
  acknowledge(received);
  acknowledged_ = std::max(acknowledged_, received);
  if (open_.messages > 0)
    stretches_.push_back(open_);
  for (const auto& s : stretches_) {
    const auto same = [&](const stretch& known) { return known.of == s.of; };
    if (std::none_of(r.stretches.begin(), r.stretches.end(), same))
      r.stretches.push_back(s);
  }
  for (auto& k : kept_)
    r.said.push_back(std::move(k));
  begin_at(received);
  return r;
}

void journal::begin_at(std::uint64_t count) {
  open_ = {};
  stretches_.clear();
  kept_.clear();
  bytes_ = 0;
  count_ = stretches_from_ = said_from_ = count;
}

} // namespace troupe::actors
