// What becomes of a session's joins.

#include "actors/sessions/session.hpp"

#include "actors/sessions/channel_entry.hpp"
#include "actors/sessions/shard.hpp"

#include <utility>

namespace troupe::actors {

namespace {

constexpr auto join_again_after = std::chrono::seconds{1}; // one that was not answered: a stream's client is to come again

} // namespace

void session::on_joined(channel_entry& channel, joined what) {
  if (closed_)
    return;
  auto* s = find(channel);
  if (!s || s->given_up())
    return;
  if (what.again) {
    s->on_rejoined(std::move(what.replay), what.what, next_number_++);
    mark(*s);
    return;
  }
  s->on_joined(std::move(what.replay), what.what.at);
  if (!(protocol::has_id(what.what.id) && answered(what.what)))
    s->on_subscribed(std::move(what.what), next_number_++);
  if (what.there)
    s->on_presence(*std::move(what.there), next_number_++);
  mark(*s);
  delivery_->join_settled(nullptr);
}

void session::on_join_refused(channel_entry& channel, protocol::error what) {
  auto* s = closed_ ? nullptr : find(channel);
  if (!s)
    return;
  if (s->now() != subscription::phase::joining) { // was in, and the channel that was started anew does not take it
    s->cut_replay();
    return tell(*s, protocol::unsubscribed{{}, channel.name(), what.why.message}, true);
  }
  if (s->given_up())
    return drop(*s);
  shard_.counters().errors.count(what.why.code);
  answer(what);
  drop(*s);
  delivery_->join_settled(&what);
}

/// It leaves right behind its join: if that is answered after all, nobody is in without knowing. Until the channel is done
/// with both it cannot be asked for again. One that was leaving already waits for the answer to that.
void session::on_join_late(channel_entry& channel) {
  auto* s = closed_ ? nullptr : find(channel);
  if (!s || s->now() != subscription::phase::joining || s->leaving())
    return;
  const auto id = s->join_id();
  s->give_up();
  ++under_way_;
  shard_.send(channel, {id_, false, {}, leave{leave_reason::left}}, true);
  refuse_join(channel.name(), id, {error_code::timeout, channel.name() + " did not answer in time", join_again_after});
}

} // namespace troupe::actors
