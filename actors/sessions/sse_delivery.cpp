#include "actors/sessions/sse_delivery.hpp"

#include "actors/sessions/channel_entry.hpp"
#include "actors/sessions/shard.hpp"

#include <utility>

namespace troupe::actors {

using protocol::close_code;

sse_delivery::sse_delivery(session& owner, protocol::wire_form_id form, transports::exchange_ptr exchange,
                           std::vector<std::string> channels, transports::http_response head)
    : stream_delivery(owner, form), exchange_(std::move(exchange)), channels_(std::move(channels)),
      head_(std::move(head)), waiting_for_(channels_.size()) {
  exchange_->on_abandoned([this] { session_.close(leave_reason::lost, close_code::none, "gone before the stream began"); });
}

// -- opening ------------------------------------------------------------------

void sse_delivery::join_settled(const protocol::error* refusal) {
  if (waiting_for_ == 0)
    return; // a join that the client asked for later
  if (refusal) {
    ++refused_;
    refusals_.push_back(*refusal);
  }
  if (--waiting_for_ == 0)
    open();
}

void sse_delivery::open() {
  auto exchange = std::exchange(exchange_, nullptr);
  if (!exchange)
    return;
  if (refused_ == channels_.size()) {
    // 403 whatever the reason: EventSource must not retry what will be refused again; passing trouble is a 503.
    const auto& why = refusals_.front().why;
    const auto status = static_cast<unsigned>(protocol::http_status(why.code));
    const bool passing = status == 503 || status == 429;
    exchange->respond(transports::error_response(passing ? 503 : 403,
                                                 protocol::to_string(why.code), why.message));
    session_.home().close_later(session_, leave_reason::lost, close_code::none, "refused");
    return;
  }
  attach(exchange->stream(std::move(head_)));
  auto& home = session_.home();
  const auto retry = home.settings().session.sse_retry.count();
  connection_->write_private("retry: " + std::to_string(retry) + "\n\n");
  say(session_.greeting());
  for (const auto& no : std::exchange(refusals_, {}))
    say(no);
  home.schedule(comment_, home.settings().heartbeat.sse_comment);
  home.mark(session_);
}

void sse_delivery::end(close_code code, std::string_view reason) {
  if (auto exchange = std::exchange(exchange_, nullptr))
    exchange->respond(transports::error_response(503, "unavailable", "the node is stopping"));
  stream_delivery::end(code, reason);
}

void sse_delivery::comment() {
  if (!connection_)
    return;
  connection_->ping();
  session_.home().mark(session_);
  session_.home().schedule(comment_, session_.home().settings().heartbeat.sse_comment);
}

// -- writing ------------------------------------------------------------------

void sse_delivery::say(const protocol::server_message& m) {
  if (exchange_)
    return; // before the stream: join_settled keeps what matters
  stream_delivery::say(m);
}

/// `id: e1-o1,e2-o2`, a dash for a channel that refused us or that we left.
void sse_delivery::write_position() {
  std::string line = "id: ";
  for (const auto& name : channels_) {
    if (line.size() > 4)
      line += ',';
    const auto* s = session_.find(name);
    line += s ? s->at().epoch + "-" + std::to_string(s->offset()) : "-";
  }
  line += '\n';
  connection_->write_private(line);
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
  // The last channel has gone: so does the stream; EventSource asks again and hears why.
  if (std::holds_alternative<protocol::unsubscribed>(m) && session_.subscriptions().size() <= 1)
    session_.home().close_later(session_, leave_reason::left, close_code::normal, "unsubscribed from all channels");
}

} // namespace troupe::actors
