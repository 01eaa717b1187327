#include "actors/sessions/actor_line.hpp"

#include "actors/sessions/actor_delivery.hpp"
#include "actors/sessions/shard.hpp"

#include <caf/actor_cast.hpp>

#include <utility>

namespace troupe::actors {

using protocol::close_code;

namespace {

constexpr std::size_t items_per_turn = 512; // of one actor, before others have theirs

} // namespace

actor_line::actor_line(std::shared_ptr<outlet_queue> from, caf::actor who, identity_ptr as)
    : desk_line(std::move(from)), who_(std::move(who)), as_(std::move(as)) {
  who_->attach_functor([gone = gone_, queue = std::weak_ptr<outlet_queue>(from_)](const caf::error&) {
    *gone = true;
    if (const auto there = queue.lock())
      there->nudge();
  });
}

void actor_line::come_in(shard& to) {
  auto& mine = to.open_session(transport_kind::actor, "actor");
  id_ = mine.id();
  mine.set_identity(as_);
  auto how = std::make_unique<actor_delivery>(mine, who_, from_);
  how_ = how.get();
  mine.deliver_by(std::move(how), false);
  how_->say(mine.greeting());
}

bool actor_line::serve(shard& to) {
  if (over_)
    return false;
  if (id_ == session_id{})
    come_in(to);
  auto* mine = to.find_session(id_);
  if (!mine) { // closed, by whomever
    drop_rest();
    return false;
  }
  if (*gone_) {
    go(to, leave_reason::lost, "the actor has ended");
    return false;
  }
  const bool more = say(to, *mine);
  if (how_->take_room())
    to.mark(*mine);
  return more;
}

/// True: more could be said at once. (Who waits for answers is woken by them.)
bool actor_line::say(shard& to, session& mine) {
  const auto most = to.settings().limits.commands_per_connection;
  std::size_t items = 0, bytes = 0;
  while (items < items_per_turn && mine.under_way() < most && !mine.closed() && has_more()) {
    auto& one = incoming_[next_++];
    ++items;
    bytes += one.bytes;
    if (auto* command = std::get_if<protocol::command>(&one.what)) {
      ++to.counters().messages_received;
      to.guard(mine, [&] { mine.handle(std::move(*command)); });
    } else {
      to.close_later(mine, leave_reason::left, close_code::normal, "closed");
    }
  }
  if (items > 0)
    from_->release(items, bytes);
  return items == items_per_turn;
}

void actor_line::go(shard& to, leave_reason why, std::string_view reason) {
  if (auto* mine = to.find_session(id_))
    to.close_later(*mine, why, close_code::none, std::string{reason});
  drop_rest();
}

/// It can say nothing more; what it has said is not heard.
void actor_line::drop_rest() {
  over_ = true;
  how_ = nullptr;
  from_->close();
  std::vector<outlet_queue::item> last;
  from_->take(last);
  std::size_t bytes = 0;
  for (const auto& one : last)
    bytes += one.bytes;
  std::size_t items = last.size();
  for (; next_ < incoming_.size(); ++next_, ++items)
    bytes += incoming_[next_].bytes;
  from_->release(items, bytes);
}

/// Its session has been closed, and it has heard that.
void actor_line::shard_ends() {
  if (!over_)
    drop_rest();
}

void actor_line::end() {
  if (!over_)
    drop_rest();
}

} // namespace troupe::actors
