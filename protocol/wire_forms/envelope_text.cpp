#include "protocol/wire_forms/envelope_text.hpp"

#include "protocol/wire_forms/json_writer.hpp"
#include "protocol/wire_forms/msgpack_writer.hpp"

namespace troupe::protocol {

namespace {

template <class Writer>
void write_id(Writer& w, const request_id& id) {
  if (const auto* number = std::get_if<std::int64_t>(&id))
    w.integer("id", *number);
  else if (const auto* text = std::get_if<std::string>(&id))
    w.text("id", *text);
}

template <class Writer>
void write_event(Writer& w, std::string_view event) {
  if (!event.empty())
    w.text("event", event);
}

template <class Writer>
void write_position(Writer& w, const position& at) {
  w.text("epoch", at.epoch);
  w.count("offset", at.offset);
}

template <class Writer>
void write_how_it_goes_on(Writer& w, const continuation& m) {
  w.text("private", m.private_kept ? "kept" : "lost");
  w.count("heard", m.heard);
}

// -- one overload per message: its type, then its members ---------------------

constexpr std::string_view type_of(const welcome&) { return "welcome"; }
constexpr std::string_view type_of(const subscribed&) { return "subscribed"; }
constexpr std::string_view type_of(const push&) { return "push"; }
constexpr std::string_view type_of(const reply&) { return "reply"; }
constexpr std::string_view type_of(const error&) { return "error"; }
constexpr std::string_view type_of(const gap&) { return "gap"; }
constexpr std::string_view type_of(const unsubscribed&) { return "unsubscribed"; }
constexpr std::string_view type_of(const presence_change&) { return "presence"; }
constexpr std::string_view type_of(const ask&) { return "ask"; }
constexpr std::string_view type_of(const resumed&) { return "resumed"; }
constexpr std::string_view type_of(const closing&) { return "closing"; }

template <class Writer>
void write_members(Writer& w, const welcome& m) {
  w.text("session", to_string(m.session));
  w.text("token", m.token);
  w.text("node", m.node);
  w.integer("timestamp", m.timestamp);
  w.integer("heartbeat", m.heartbeat);
  w.integer("resume", m.resume);
}

template <class Writer>
void write_members(Writer& w, const subscribed& m) {
  write_id(w, m.id);
  w.text("channel", m.channel);
  write_position(w, m.at);
  if (m.recovered)
    w.flag("recovered", *m.recovered);
  w.data("data", m.data);
}

template <class Writer>
void write_members(Writer& w, const push& m) {
  w.text("channel", m.channel);
  write_event(w, m.event);
  w.data("data", m.data);
  w.integer("timestamp", m.timestamp);
}

template <class Writer>
void write_members(Writer& w, const reply& m) {
  write_id(w, m.id);
  w.data("data", m.data);
}

template <class Writer>
void write_members(Writer& w, const error& m) {
  write_id(w, m.id);
  w.text("code", to_string(m.why.code));
  w.text("message", m.why.message);
  if (!m.channel.empty())
    w.text("channel", m.channel);
  if (const auto pause = retry_after(m.why))
    w.integer("retry_after", *pause);
}

template <class Writer>
void write_members(Writer& w, const gap& m) {
  w.text("channel", m.channel);
  write_position(w, m.at);
  if (m.missed)
    w.count("missed", *m.missed);
  else
    w.null("missed");
}

template <class Writer>
void write_members(Writer& w, const unsubscribed& m) {
  write_id(w, m.id);
  w.text("channel", m.channel);
  w.text("reason", m.reason);
}

template <class Writer>
void write_members(Writer& w, const member_info& member) {
  w.text("session", to_string(member.session));
  if (!member.user.empty())
    w.text("user", member.user);
  if (member.away)
    w.flag("away", true);
  if (!member.data.is_null())
    w.data("data", member.data);
}

template <class Writer>
void write_names(Writer& w, std::string_view name, const std::vector<std::string>& names) {
  if (!names.empty())
    w.texts(name, names);
}

template <class Writer>
void write_changes(Writer& w, const presence_change& m) {
  const auto write_member = [&w](const member_info& member) { write_members(w, member); };
  w.objects("joined", m.joined, write_member);
  w.objects("left", m.left, write_member);
  std::vector<std::string> away, back, came, gone;
  for (const auto& [who, is_away] : m.turned)
    (is_away ? away : back).push_back(to_string(who));
  for (const auto& [user, here] : m.users)
    (here ? came : gone).push_back(user);
  write_names(w, "away", away);
  write_names(w, "back", back);
  write_names(w, "came", came);
  write_names(w, "gone", gone);
}

template <class Writer>
void write_members(Writer& w, const presence_change& m) {
  w.text("channel", m.channel);
  if (m.is == presence_change::kind::changes)
    write_changes(w, m);
  else if (m.is == presence_change::kind::everybody)
    w.objects("members", m.joined, [&w](const member_info& member) { write_members(w, member); });
  w.count("count", m.count);
}

template <class Writer>
void write_members(Writer& w, const ask& m) {
  w.count("ask", m.ask);
  w.text("channel", m.channel);
  write_event(w, m.event);
  w.data("data", m.data);
  w.integer("deadline", m.deadline);
}

template <class Writer>
void write_members(Writer& w, const resumed& m) {
  write_id(w, m.id);
  w.text("session", to_string(m.session));
  w.text("token", m.token);
  write_how_it_goes_on(w, m.how);
}

template <class Writer>
void write_members(Writer& w, const closing& m) {
  w.text("reason", m.reason);
  if (m.code == close_code::none)
    w.integer("retry_after", m.retry_after);
  else
    w.integer("code", static_cast<std::int64_t>(m.code));
}

// -- whole objects ------------------------------------------------------------

template <class Writer>
void write_broadcast(Writer&& w, std::string_view channel, const troupe::publication& p) {
  const auto object = w.open();
  w.text("type", "broadcast");
  w.text("channel", channel);
  write_event(w, p.event);
  w.data("data", p.data);
  if (p.offset != 0)
    w.count("offset", p.offset);
  w.integer("timestamp", p.timestamp);
  if (p.from)
    w.text("from", to_string(p.from));
  w.close(object);
}

template <class Writer>
void write_message(Writer&& w, const server_message& any, bool with_type) {
  const auto object = w.open();
  std::visit(
      [&](const auto& m) {
        if (with_type)
          w.text("type", type_of(m));
        write_members(w, m);
      },
      any);
  w.close(object);
}

} // namespace

void append_json_broadcast(std::string& out, std::string_view channel, const troupe::publication& p) {
  write_broadcast<json_writer>(json_writer(out), channel, p);
}

void append_json_message(std::string& out, const server_message& m) {
  write_message<json_writer>(json_writer(out), m, true);
}

void append_json_details(std::string& out, const server_message& m) {
  write_message<json_writer>(json_writer(out), m, false);
}

void append_json_member(std::string& out, const member_info& who) {
  json_writer w(out);
  const auto object = w.open();
  write_members(w, who);
  w.close(object);
}

void append_json_connected(std::string& out, const welcome& m) {
  json_writer w(out);
  const auto object = w.open();
  w.text("type", "connected");
  w.integer("time", m.timestamp);
  w.text("session", to_string(m.session));
  w.text("token", m.token);
  if (m.goes_on)
    write_how_it_goes_on(w, *m.goes_on);
  w.close(object);
}

void append_msgpack_broadcast(std::string& out, std::string_view channel, const troupe::publication& p) {
  write_broadcast<msgpack_writer>(msgpack_writer(out), channel, p);
}

void append_msgpack_message(std::string& out, const server_message& m) {
  write_message<msgpack_writer>(msgpack_writer(out), m, true);
}

} // namespace troupe::protocol
