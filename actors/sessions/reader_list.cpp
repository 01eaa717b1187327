#include "actors/sessions/reader_list.hpp"

#include "actors/sessions/subscription.hpp"

#include <cassert>

namespace troupe::actors {

void reader_list::add(subscription& s) {
  s.reader_at_ = static_cast<std::uint32_t>(all_.size());
  all_.push_back(&s);
}

void reader_list::remove(subscription& s) {
  wake(s);
  put(s, all_.size() - 1);
  all_.pop_back();
}

void reader_list::rest(subscription& s) {
  if (s.reader_at_ < resting_)
    return;
  put(s, resting_++);
}

void reader_list::wake(subscription& s) {
  if (s.reader_at_ < resting_)
    put(s, --resting_);
}

/// Where another one is, which takes its place.
void reader_list::put(subscription& s, std::size_t at) {
  assert(all_[s.reader_at_] == &s);
  auto* other = all_[at];
  all_[s.reader_at_] = other;
  other->reader_at_ = s.reader_at_;
  all_[at] = &s;
  s.reader_at_ = static_cast<std::uint32_t>(at);
}

} // namespace troupe::actors
