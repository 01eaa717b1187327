#include "actors/sessions/sse_delivery.hpp"

#include "actors/sessions/channel_entry.hpp"
#include "actors/sessions/http_refusal.hpp"
#include "actors/sessions/shard.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

using protocol::close_code;

sse_delivery::sse_delivery(session& owner, protocol::wire_form_id form, transports::exchange_ptr exchange,
                           std::vector<std::string> channels, transports::http_response head, bool comes_back)
    : stream_delivery(owner, form), exchange_(std::move(exchange)), channels_(std::move(channels)),
      head_(std::move(head)), comes_back_(comes_back), waiting_for_(channels_.size()) {
  exchange_->on_abandoned([this] { session_->close(leave_reason::lost, close_code::none, "gone before the stream began"); });
}

// -- opening ------------------------------------------------------------------

void sse_delivery::join_settled(const protocol::error* refusal) {
  if (waiting_for_ == 0)
    return; // a join that the client asked for later
  if (refusal)
    refusals_.push_back(*refusal);
  if (--waiting_for_ == 0)
    open();
}

void sse_delivery::open() {
  if (!exchange_)
    return;
  const bool refused = !channels_.empty() && refusals_.size() == channels_.size();
  const auto passing = std::find_if(refusals_.begin(), refusals_.end(),
                                    [](const protocol::error& no) { return protocol::retry_after(no.why).has_value(); });
  if (refused && passing == refusals_.end()) { // 403 whatever the reason: the same would be refused again
    std::exchange(exchange_, nullptr)->respond(http_refusal(403, refusals_.front()));
    return session_->home().close_later(*session_, leave_reason::lost, close_code::none, "refused");
  }
  const auto retry = refused ? *protocol::retry_after(passing->why)
                             : std::int64_t{session_->home().settings().session.sse_retry.count()};
  begin(retry);
  greet();
  for (const auto& no : std::exchange(refusals_, {}))
    say(no);
  if (refused) // but passing: no status, which would end an EventSource for good
    return session_->home().close_later(*session_, leave_reason::lost, close_code::normal, "refused");
  session_->home().schedule(comment_, session_->home().settings().heartbeat.sse_comment);
  session_->home().mark(*session_);
}

void sse_delivery::begin(std::int64_t retry) {
  attach(std::exchange(exchange_, nullptr)->stream(std::move(head_)));
  connection_->write_private("retry: " + std::to_string(retry) + "\n\n");
}

/// What has not arrived follows; where the stream stands is known to the session.
void sse_delivery::resumed(const protocol::resumed& m) {
  waiting_for_ = 0;
  if (!exchange_)
    return;
  begin(session_->home().settings().session.sse_retry.count());
  auto greeting = session_->greeting();
  greeting.goes_on = m.how;
  say(greeting);
  session_->home().schedule(comment_, session_->home().settings().heartbeat.sse_comment);
}

/// `connected`, with the id of where the stream starts: readers ignore an id that stands without data. What could not be
/// recovered has its id with the gap that says so: who is cut off before it must hear it again.
void sse_delivery::greet() {
  const auto& all = session_->subscriptions();
  const bool recovered = std::none_of(all.begin(), all.end(), [](const auto& s) {
    const auto* joined = s->messages().empty() ? nullptr : std::get_if<protocol::subscribed>(&s->messages().front().what);
    return joined && joined->recovered == false;
  });
  if (recovered && !all.empty())
    write_position();
  say(session_->greeting());
}

/// Its session may go on elsewhere: the last that this stream is told is none of the session's messages.
void sse_delivery::end(close_code code, std::string_view reason) {
  const bool for_good = protocol::keeps_away(code);
  if (auto exchange = std::exchange(exchange_, nullptr))
    for_good ? exchange->respond(http_refusal(code, reason)) : exchange->hang_up();
  if (for_good && connection_)
    message(protocol::closing{std::string{reason}, 0, code});
  stream_delivery::end(code, reason);
}

void sse_delivery::comment() {
  if (!connection_)
    return;
  // Without a comment to be acknowledged nobody would learn that the peer of a silent stream is gone.
  if (taken_nothing_for() >= session_->home().settings().heartbeat.stalled)
    return session_->sweep_blocked();
  connection_->ping();
  session_->home().mark(*session_);
  session_->home().schedule(comment_, session_->home().settings().heartbeat.sse_comment);
}

// -- writing ------------------------------------------------------------------

void sse_delivery::say(const protocol::server_message& m) {
  if (exchange_)
    return; // before the stream: join_settled keeps what matters
  stream_delivery::say(m);
}

/// `id: e1-o1,e2-o2`, a dash for a channel that refused us or that we left. Who is in none of them gets no id: an
/// EventSource would go by it, not by the token in its address.
void sse_delivery::write_position() {
  std::string line;
  bool is_in_any = false;
  for (const auto& name : channels_) {
    const auto* s = session_->find(name);
    is_in_any = is_in_any || s;
    line += line.empty() ? "id: " : ",";
    line += s ? s->at().epoch + "-" + std::to_string(s->offset()) : "-";
  }
  if (is_in_any)
    connection_->write_private(line + '\n');
}

void sse_delivery::shared(const transports::slice& bytes) {
  if (one_by_one())
    write_position();
  stream_delivery::shared(bytes);
}

void sse_delivery::publication(std::string_view channel, std::string_view epoch, const troupe::publication& p) {
  if (one_by_one())
    write_position();
  stream_delivery::publication(channel, epoch, p);
}

void sse_delivery::message(const protocol::server_message& m) {
  const bool moves = std::holds_alternative<protocol::subscribed>(m) || std::holds_alternative<protocol::gap>(m);
  if (one_by_one() && moves)
    write_position();
  stream_delivery::message(m);
}

/// The last channel has gone: so does the stream; EventSource asks again and hears why.
void sse_delivery::flushed() {
  if (connection_ && !comes_back_ && session_->subscriptions().empty())
    session_->home().close_later(*session_, leave_reason::left, close_code::normal, "unsubscribed from all channels");
}

} // namespace troupe::actors
