#include "actors/link/shard_end.hpp"

#include "actors/link/effect_size.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace troupe::actors {

namespace {

constexpr std::size_t acknowledgements = 8; // for each full credit of a link, at the least

} // namespace

// -- commands out -------------------------------------------------------------

bool shard_end::send(channel_command what, bool must, time_point due) {
  const auto bytes = sizeof what + size_of(what.body);
  const bool full = is_full() || bytes_ + bytes > limits_.channel_command_bytes;
  if (full && !must)
    return false;
  under_way_.push_back({++last_command_, what.from, what.id, bytes, due, false, false, std::holds_alternative<join>(what.body)});
  bytes_ += bytes;
  next_deadline_ = std::min(next_deadline_, due);
  waiting_.push_back(std::move(what));
  return true;
}

bool shard_end::has_room(std::size_t data_bytes) const noexcept {
  return !is_full() && bytes_ + sizeof(channel_command) + data_bytes <= limits_.channel_command_bytes;
}

command_batch_ptr shard_end::take_batch() {
  if (waiting_.empty() && !owes_word() && !greet_ && !probe_)
    return nullptr;
  auto batch = std::make_shared<command_batch>();
  batch->from = id_;
  batch->first = last_command_ + 1 - waiting_.size();
  batch->effects_taken = told_ = taken_;
  batch->probe = std::exchange(probe_, false);
  batch->commands = std::exchange(waiting_, {});
  untold_bytes_ = 0;
  greet_ = false;
  return batch;
}

// -- effects in ---------------------------------------------------------------

shard_end::arrival shard_end::arrive(const effect_batch& batch) {
  if (batch.to != id_)
    return arrival::known;
  heard_ = true;
  if (batch.broken)
    return arrival::hole;
  if (batch.number <= taken_)
    return arrival::known;
  if (batch.number > taken_ + 1)
    return arrival::hole;
  taken_ = batch.number;
  untold_bytes_ += batch.bytes;
  return arrival::fresh;
}

std::vector<command_under_way>::iterator shard_end::find(command_number number) {
  const auto at = std::lower_bound(under_way_.begin(), under_way_.end(), number,
                                   [](const command_under_way& c, command_number n) { return c.number < n; });
  return at != under_way_.end() && at->number == number ? at : under_way_.end();
}

bool shard_end::answer(command_number to) {
  const auto asked = find(to);
  return asked != under_way_.end() && !std::exchange(asked->answered, true);
}

std::vector<command_under_way> shard_end::complete(const std::vector<command_number>& done) {
  std::vector<command_under_way> out;
  out.reserve(done.size());
  for (const auto number : done) {
    const auto found = find(number);
    if (found == under_way_.end() || found->bytes == 0) // unknown, or named before in this batch
      continue;
    bytes_ -= found->bytes;
    out.push_back(std::move(*found));
    found->bytes = 0;
  }
  if (!out.empty())
    std::erase_if(under_way_, [](const command_under_way& c) { return c.bytes == 0; });
  return out;
}

bool shard_end::owes_word() const noexcept {
  return taken_ - told_ >= std::max<std::size_t>(limits_.link_batches / acknowledgements, 1) ||
         untold_bytes_ >= std::max<std::size_t>(limits_.link_bytes / acknowledgements, 1);
}

// -- recovery -----------------------------------------------------------------

std::vector<command_under_way> shard_end::renew(const link_id& id, bool greet) {
  id_ = id;
  waiting_.clear();
  bytes_ = 0;
  last_command_ = 0;
  taken_ = told_ = 0;
  untold_bytes_ = 0;
  next_deadline_ = never;
  greet_ = greet;
  probe_ = false;
  heard_ = true;
  return std::exchange(under_way_, {});
}

// -- time ---------------------------------------------------------------------

std::vector<command_under_way> shard_end::expire(time_point now) {
  std::vector<command_under_way> out;
  if (now < next_deadline_)
    return out;
  next_deadline_ = never;
  for (auto& c : under_way_) {
    if (c.answered)
      continue;
    if (c.due > now) {
      next_deadline_ = std::min(next_deadline_, c.due);
      continue;
    }
    out.push_back(c);
    c.answered = c.timed_out = true;
  }
  return out;
}

bool shard_end::has_been_silent() noexcept { return !std::exchange(heard_, false) && !under_way_.empty(); }

} // namespace troupe::actors
