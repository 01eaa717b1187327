#include "actors/stores/idle_partitions.hpp"

#include <utility>

namespace troupe::actors {

namespace {

std::uint64_t drawn() {
  std::random_device source;
  return (std::uint64_t{source()} << 32) | source();
}

} // namespace

idle_partitions::idle_partitions(store::clock now, memory_limits limits, std::uint64_t seed)
    : now_(std::move(now)), limits_(limits), random_(seed != 0 ? seed : drawn()) {}

// -- owners come and go -------------------------------------------------------

std::unique_ptr<memory_history> idle_partitions::take(const std::string& channel) {
  std::lock_guard guard{mutex_};
  if (!owned_.insert(channel).second)
    return nullptr;
  const auto found = idle_.find(channel);
  if (found == idle_.end())
    return std::make_unique<memory_history>(new_epoch());
  auto what = std::move(found->second.what);
  agenda_.erase(found->second.due);
  order_.erase(found->second.in_order);
  idle_.erase(found);
  return what;
}

void idle_partitions::give_back(const std::string& channel, std::unique_ptr<memory_history> what, const retention& keep) {
  std::lock_guard guard{mutex_};
  owned_.erase(channel);
  const auto in_order = order_.insert(order_.end(), channel);
  auto& entry = idle_[channel] = idle{std::move(what), keep, in_order, agenda_.end(), {}};
  entry.due = agenda_.emplace(now_(), channel);
  look_at(channel);
  while (idle_.size() > limits_.idle_max)
    forget(std::string{order_.front()});
}

std::string idle_partitions::new_epoch() {
  static constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string epoch(6, '0');
  for (auto& c : epoch)
    c = digits[random_() % digits.size()];
  return epoch;
}

// -- room ---------------------------------------------------------------------

void idle_partitions::sweep() {
  std::lock_guard guard{mutex_};
  const auto now = now_();
  while (!agenda_.empty() && agenda_.begin()->first <= now)
    look_at(std::string{agenda_.begin()->second});
}

/// Drops what has expired, and the whole partition once it has been bare for long enough.
void idle_partitions::look_at(const std::string& channel) {
  auto& entry = idle_.at(channel);
  const auto now = now_();
  const auto before = entry.what->bytes();
  entry.what->trim(entry.keep, now);
  count(before, entry.what->bytes());
  if (entry.what->empty() && !entry.bare_since)
    entry.bare_since = now;
  if (entry.bare_since && now - *entry.bare_since >= limits_.bare_ttl)
    forget(channel);
  else
    schedule(channel, entry);
}

void idle_partitions::schedule(const std::string& channel, idle& of) {
  agenda_.erase(of.due);
  of.due = agenda_.emplace(of.bare_since ? *of.bare_since + limits_.bare_ttl : of.what->first_expiry(of.keep), channel);
}

bool idle_partitions::forget_oldest() {
  std::lock_guard guard{mutex_};
  if (order_.empty())
    return false;
  forget(std::string{order_.front()});
  return true;
}

void idle_partitions::forget(const std::string& channel) {
  const auto found = idle_.find(channel);
  count(found->second.what->bytes(), 0);
  agenda_.erase(found->second.due);
  order_.erase(found->second.in_order);
  idle_.erase(found);
}

std::size_t idle_partitions::size() const {
  std::lock_guard guard{mutex_};
  return idle_.size();
}

} // namespace troupe::actors
