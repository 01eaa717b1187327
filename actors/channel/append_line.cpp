#include "actors/channel/append_line.hpp"

#include <utility>

namespace troupe::actors {

append_line::waiting_ptr append_line::begin() {
  last_ = std::make_shared<waiting_append>();
  return last_;
}

void append_line::answered(const waiting_ptr& append, offset_t head) {
  head_ = head;
  append->head = head;
  append->answered = true;
  if (last_ == append)
    last_.reset();
  for (auto& what : std::exchange(append->then, {}))
    what(head);
}

void append_line::at(const point& where, action what) {
  if (where.last == nullptr)
    what(where.head);
  else if (where.last->answered)
    what(where.last->head);
  else
    where.last->then.push_back(std::move(what));
}

} // namespace troupe::actors
