#include <utility>

#include "transports/deadlines.hpp"

namespace troupe::transports {

void deadlines::enter(deadline_entry& e) {
  if (closed_)
    return;
  e.hook_.unlink();
  e.until_ = clock::now() + span_;
  entries_.push_back(e);
  if (!armed_)
    arm();
}

void deadlines::close() {
  closed_ = true;
  entries_.clear();
  timer_.cancel();
}

void deadlines::arm() {
  armed_ = true;
  timer_.expires_at(entries_.front().until_);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    if (const auto self = weak.lock(); self && !error)
      self->expire();
  });
}

void deadlines::expire() {
  armed_ = false;
  const auto now = clock::now();
  while (!entries_.empty() && entries_.front().until_ <= now) {
    deadline_entry& e = entries_.front();
    entries_.pop_front();
    e.on_deadline();
  }
  if (!entries_.empty() && !armed_)
    arm();
}

} // namespace troupe::transports
