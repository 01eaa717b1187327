#include "channel_fixture.hpp"

#include "protocol/error_code.hpp"
#include "testing/channel/heard_of.hpp"

#include <sstream>

namespace troupe::actors::testing {

// -- probe --------------------------------------------------------------------

void probe::setup() {
  for (const auto& [called, run] : plan_.calls)
    on<payload>(called, [this, run = run](const member& who, const payload& data) { return run(*this, who, data); });
  if (plan_.setup)
    plan_.setup(*this);
}

join_result probe::on_join(const member& who, const payload& params) {
  plan_.heard.push_back("join " + to_string(who.id) + (who.away ? " who is away" : ""));
  return plan_.join ? plan_.join(*this, who, params) : accept();
}

publish_result probe::on_publish(const member& who, draft& d) {
  return plan_.publish ? plan_.publish(*this, who, d) : channel::on_publish(who, d);
}

void probe::on_leave(const member& who, leave_reason why) {
  plan_.heard.push_back("leave " + to_string(who.id) + " " + std::string{to_string(why)} + (who.away ? " who is away" : ""));
  if (plan_.leave)
    plan_.leave(*this, who, why);
}

void probe::note(const std::string& what, const member& who) {
  plan_.heard.push_back(what + " " + to_string(who.id) + (who.away ? " who is away" : ""));
  if (plan_.turned)
    plan_.turned(*this, who);
}

after_error probe::on_error(std::exception_ptr) { return plan_.on_error ? plan_.on_error() : after_error::keep; }

// -- room --------------------------------------------------------------------

channel_fixture::channel_fixture(fixture_settings how)
    : stepped_channel({"room:1",
                       [this](const std::string&) {
                         auto made = std::make_unique<probe>(does);
                         now_ = made.get();
                         return made;
                       },
                       std::move(how.settings), std::move(how.rights), how.late}) {}

channel_fixture::~channel_fixture() { end(); } // before what its objects do

// -- commands -----------------------------------------------------------------

channel_command channel_fixture::command(std::uint64_t who, decltype(channel_command::body) body, protocol::request_id id,
                               bool trusted) {
  return {session_id{who}, trusted, std::move(id), std::move(body)};
}

void channel_fixture::join(std::uint64_t who, actors::join how, std::uint32_t shard, protocol::request_id id) {
  how.who.id = session_id{who};
  send({command(who, std::move(how), std::move(id))}, shard);
}

void channel_fixture::leave(std::uint64_t who, leave_reason why, std::uint32_t shard) {
  send({command(who, actors::leave{why})}, shard);
}

protocol::publish channel_fixture::publication(const std::string& data) {
  protocol::publish p;
  p.event = "e";
  p.data = json(data);
  return p;
}

void channel_fixture::publish(std::uint64_t who, const std::string& data, std::uint32_t shard) {
  send({command(who, publication(data), {})}, shard);
}

void channel_fixture::call(std::uint64_t who, const std::string& name, payload data, std::uint32_t shard) {
  send({command(who, protocol::call{"room:1", name, std::move(data), std::nullopt})}, shard);
}

actors::join channel_fixture::since(offset_t offset) const {
  actors::join how;
  how.since = position{runtime->describe().epoch, offset};
  return how;
}

// -- what was said ------------------------------------------------------------

namespace {

std::string offsets(const page& replay) {
  std::string text = "[";
  if (replay.missed)
    text += "missed " + (replay.missed->missed ? std::to_string(*replay.missed->missed) : "?") + " ";
  for (const auto& p : replay.items)
    text += (text.ends_with('[') || text.ends_with(' ') ? "" : ",") + std::to_string(p->offset);
  return text + (replay.last ? "]" : "...");
}

std::string id_text(const protocol::request_id& id) {
  if (const auto* number = std::get_if<std::int64_t>(&id))
    return " " + std::to_string(*number);
  const auto* text = std::get_if<std::string>(&id);
  return text ? " " + *text : "";
}

std::string message_text(const protocol::server_message& m) {
  if (const auto* there = std::get_if<protocol::presence_change>(&m))
    return "presence" + troupe::testing::text_of(*there);
  if (const auto* r = std::get_if<protocol::reply>(&m))
    return "reply" + id_text(r->id) + " " + std::string{r->data.json()};
  if (const auto* e = std::get_if<protocol::error>(&m))
    return "error" + id_text(e->id) + " " + std::string{protocol::to_string(e->why.code)};
  if (const auto* p = std::get_if<protocol::push>(&m))
    return "push " + p->event + " " + std::string{p->data.json()};
  if (const auto* u = std::get_if<protocol::unsubscribed>(&m))
    return "bye" + id_text(u->id);
  if (const auto* a = std::get_if<protocol::ask>(&m))
    return "ask " + std::to_string(a->ask) + " " + a->event;
  return "?";
}

struct writer {
  std::ostringstream& out;

  void operator()(const published& e) const {
    if (e.what->offset == 0)
      out << "~";
    else
      out << "+" << e.what->offset << " ";
    out << e.what->data.json();
    if (e.what->only) {
      out << " " << e.what->only->group << "=";
      for (const auto id : e.what->only->sessions)
        out << (id == e.what->only->sessions.front() ? "" : ",") << to_string(id);
    }
    for (const auto id : e.what->except)
      out << " !" << to_string(id);
  }
  void operator()(const actors::said& e) const { out << to_string(e.to) << " " << message_text(e.what); }
  void operator()(const joined& e) const {
    out << to_string(e.who) << " in " << e.what.at.offset;
    if (e.what.recovered)
      out << (*e.what.recovered ? " recovered" : " lost");
    if (!e.replay.items.empty() || !e.replay.last || e.replay.missed)
      out << " " << offsets(e.replay);
    if (!e.what.data.is_null())
      out << " " << e.what.data.json();
    if (e.there)
      out << " with" << troupe::testing::text_of(*e.there);
  }
  void operator()(const join_refused& e) const {
    out << to_string(e.who) << " away" << id_text(e.what.id) << " " << protocol::to_string(e.what.why.code);
  }
  void operator()(const read_page& e) const { out << to_string(e.who) << " page " << offsets(e.replay); }
  void operator()(const left& e) const { out << to_string(e.who) << " left " << e.what.reason; }
  void operator()(const presence_changed& e) const {
    out << "presence" << troupe::testing::text_of(e.what);
  }
  void operator()(const epoch_changed& e) const { out << "epoch " << e.at.offset; }
  void operator()(const skipped& e) const { out << "at " << e.at.offset; }
};

} // namespace

std::string text_of(const effect& e) {
  std::ostringstream out;
  visit_effect(writer{out}, e);
  return out.str();
}

std::string channel_fixture::said(std::uint32_t shard) {
  auto& end = at(shard);
  std::string line;
  for (; end.read < end.effects.size(); ++end.read)
    line += (line.empty() ? "" : "; ") + text_of(end.effects[end.read]);
  return line;
}

std::size_t channel_fixture::completed(std::uint64_t who, std::uint32_t shard) {
  const auto& all = at(shard).completed;
  return static_cast<std::size_t>(std::count(all.begin(), all.end(), session_id{who}));
}

std::string channel_fixture::heard() {
  std::string line;
  for (const auto& entry : std::exchange(does.heard, {}))
    line += (line.empty() ? "" : "; ") + entry;
  return line;
}

std::string channel_fixture::announced() {
  std::string line;
  for (const auto& e : std::exchange(events_.seen, {})) {
    std::string text;
    if (const auto* left = std::get_if<events::member_left>(&e))
      text = "left " + to_string(left->session) + " " + std::string{to_string(left->why)} + (left->heard ? "" : " unheard");
    else if (const auto* many = std::get_if<events::members_left>(&e))
      for (const auto id : many->sessions)
        text += (text.empty() ? "" : "; ") + ("left " + to_string(id)) + " " + std::string{to_string(many->why)} +
                (many->heard ? "" : " unheard");
    else if (const auto* f = std::get_if<events::handler_failed>(&e))
      text = "failed " + f->event + ": " + f->reason;
    else if (const auto* r = std::get_if<events::actor_restarted>(&e))
      text = "restarted " + std::to_string(r->restarts);
    else if (const auto* l = std::get_if<events::limit_passed>(&e))
      text = "limit " + l->limit;
    else
      continue;
    line += (line.empty() ? "" : "; ") + text;
  }
  return line;
}

} // namespace troupe::actors::testing
