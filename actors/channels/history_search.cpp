#include "actors/channels/history_search.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace troupe::actors {

namespace {

constexpr std::size_t items_of_page = 256; // where others are passed over

} // namespace

void history_search::begin(partition& from, turns& when) {
  partition_ = &from;
  turns_ = &when;
  read_on();
}

/// A loop where the store answers at once: a long history is no deep stack.
void history_search::read_on() {
  for (bool more = true; more;) {
    const auto items = all_are_meant() ? what_.limit : items_of_page;
    const auto bytes = all_are_meant() ? std::numeric_limits<std::size_t>::max() : what_.page_bytes;
    asking_ = true;
    partition_->read_back(before_, items, bytes,
                          turns_->callback([self = shared_from_this()](page got) { self->arrived(std::move(got)); }));
    asking_ = false;
    if (!answer_)
      return; // it answers later
    more = look_at(*std::exchange(answer_, std::nullopt));
  }
}

void history_search::arrived(page got) {
  if (asking_)
    answer_ = std::move(got);
  else if (look_at(got))
    read_on();
}

/// Whether there is more to read. What is the object's throws past here, where the object asked within its own code; then
/// that was all.
bool history_search::look_at(const page& got) {
  bool more = false;
  as_object_([&] {
    if (!got) {
      failed_(got.error());
      return then_({});
    }
    more = take(*got);
    if (!more)
      then_({found_.rbegin(), found_.rend()});
  });
  return more;
}

bool history_search::take(const history_page& got) {
  for (auto p = got.items.rbegin(); p != got.items.rend(); ++p) {
    if ((*p)->offset <= what_.filter.after || (*p)->timestamp < what_.filter.since)
      return false;
    if (is_meant(**p))
      found_.push_back(*p);
    if (found_.size() == what_.limit)
      return false;
  }
  if (got.items.empty() || !got.more)
    return false;
  before_ = got.items.front()->offset;
  return true;
}

bool history_search::is_meant(const publication& p) const {
  const auto& f = what_.filter;
  return (f.event.empty() || p.event == f.event) && (!f.from || p.from == *f.from) && (!f.that || f.that(p));
}

bool history_search::all_are_meant() const {
  const auto& f = what_.filter;
  return f.event.empty() && !f.from && f.after == 0 && f.since == 0 && !f.that;
}

} // namespace troupe::actors
