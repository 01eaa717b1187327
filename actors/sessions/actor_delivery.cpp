#include "actors/sessions/actor_delivery.hpp"

#include "actors/link/effect_size.hpp"
#include "actors/sessions/shard.hpp"

#include <troupe/actor_client.hpp>

#include <caf/send.hpp>

#include <utility>

namespace troupe::actors {

namespace {

/// Destroyed with the last message of a batch, on whatever thread.
class batch_mark {
 public:
  batch_mark(std::shared_ptr<std::atomic<int>> under_way, std::shared_ptr<outlet_queue> queue)
      : under_way_(std::move(under_way)), queue_(std::move(queue)) {
    ++*under_way_;
  }
  ~batch_mark() {
    --*under_way_;
    queue_->nudge();
  }
  batch_mark(const batch_mark&) = delete;
  batch_mark& operator=(const batch_mark&) = delete;

 private:
  const std::shared_ptr<std::atomic<int>> under_way_;
  const std::shared_ptr<outlet_queue> queue_;
};

heard_presence::one named(const protocol::member_info& who) { return {who.session, who.user, who.data, who.away}; }

heard_presence presence_of(const protocol::presence_change& m, hearing mark) {
  heard_presence out;
  out.channel = m.channel;
  out.everybody = m.is == protocol::presence_change::kind::everybody;
  out.only_count = m.is == protocol::presence_change::kind::number;
  for (const auto& who : m.joined)
    out.joined.push_back(named(who));
  for (const auto& who : m.left)
    out.left.push_back(named(who));
  for (const auto& t : m.turned)
    out.turned.emplace_back(t.who, t.away);
  out.count = m.count;
  out.mark = std::move(mark);
  return out;
}

std::int64_t number_in(const protocol::request_id& id) {
  const auto* number = std::get_if<std::int64_t>(&id);
  return number ? *number : 0;
}

/// Sends what an actor hears of it; the rest is for clients on a wire.
struct speaker {
  const caf::actor& to;
  const hearing& mark;

  void operator()(const protocol::subscribed& m) const {
    caf::anon_send(to, heard_joined{m.channel, m.at, m.recovered, m.data, mark});
  }
  void operator()(const protocol::push& m) const { caf::anon_send(to, heard_push{m.channel, m.event, m.data, mark}); }
  void operator()(const protocol::reply& m) const {
    caf::anon_send(to, heard_answer{number_in(m.id), {}, m.data, mark});
  }
  void operator()(const protocol::error& m) const {
    caf::anon_send(to, heard_answer{number_in(m.id), m.channel, m.why, mark});
  }
  void operator()(const protocol::gap& m) const { caf::anon_send(to, heard_gap{m.channel, m.at, m.missed, mark}); }
  void operator()(const protocol::unsubscribed& m) const { caf::anon_send(to, heard_left{m.channel, m.reason, mark}); }
  void operator()(const protocol::presence_change& m) const { caf::anon_send(to, presence_of(m, mark)); }
  void operator()(const protocol::ask& m) const {
    caf::anon_send(to, heard_question{m.channel, m.event, m.ask, m.data, mark});
  }
  void operator()(const protocol::welcome& m) const { caf::anon_send(to, heard_welcome{m.session}); }
  void operator()(const protocol::resumed&) const {}
  void operator()(const protocol::closing&) const {} // `heard_closed` follows
};

} // namespace

actor_delivery::actor_delivery(session& owner, caf::actor to, std::shared_ptr<outlet_queue> queue)
    : session_(&owner), to_(std::move(to)), queue_(std::move(queue)) {}

actor_delivery::~actor_delivery() = default;

bool actor_delivery::take_room() noexcept { return was_blocked_ && !blocked() && std::exchange(was_blocked_, false); }

// -- delivery -----------------------------------------------------------------

void actor_delivery::deliver() {
  if (session_->in_turn() == 0)
    return;
  was_blocked_ = blocked();
  if (was_blocked_)
    return session_->home().watch_blocked(*session_);
  mark_ = std::make_shared<batch_mark>(under_way_, queue_);
  room_ = session_->home().settings().limits.outbox_bytes;
  while (auto* s = room_ > 0 ? session_->first_in_turn() : nullptr)
    session_->had_turn(s->write(*this));
  session_->end_turns();
  mark_ = nullptr; // the messages hold it now
  was_blocked_ = session_->in_turn() > 0;
  if (was_blocked_ && !blocked()) { // handled already
    was_blocked_ = false;
    session_->home().mark(*session_);
  }
}

/// Beside the channels: no more than it asks for.
void actor_delivery::say(const protocol::server_message& m) {
  std::visit(speaker{to_, nullptr}, m);
  ++session_->home().counters().messages_sent;
}

void actor_delivery::end(protocol::close_code, std::string_view reason) {
  queue_->close(); // before it hears: what it says then is said to be too late
  session_->home().outlets_are_due(); // its line is over, and lets go of the actor
  caf::anon_send(to_, heard_closed{std::string{reason}});
}

// -- subscription_sink --------------------------------------------------------

void actor_delivery::value(std::string_view channel, publication_ptr what) {
  spend(what->size());
  caf::anon_send(to_, heard{std::string{channel}, std::move(what), mark_});
}

void actor_delivery::publication(std::string_view channel, std::string_view, const troupe::publication& p) {
  value(channel, std::make_shared<const troupe::publication>(p));
}

void actor_delivery::message(const protocol::server_message& m) {
  spend(size_of(m));
  std::visit(speaker{to_, mark_}, m);
  ++session_->home().counters().messages_sent;
}

} // namespace troupe::actors
