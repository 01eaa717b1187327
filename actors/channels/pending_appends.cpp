#include "actors/channels/pending_appends.hpp"

#include <utility>

namespace troupe::actors {

pending_appends::waiting_ptr pending_appends::begin() {
  last_ = std::make_shared<waiting_append>();
  return last_;
}

void pending_appends::answered(const waiting_ptr& append, offset_t head) {
  head_ = head;
  append->head = head;
  append->answered = true;
  if (last_ == append)
    last_.reset();
  for (auto& what : std::exchange(append->then, {}))
    what(head);
}

void pending_appends::at(const point& where, action what) {
  if (where.last == nullptr)
    what(where.head);
  else if (where.last->answered)
    what(where.last->head);
  else
    where.last->then.push_back(std::move(what));
}

} // namespace troupe::actors
