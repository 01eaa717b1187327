#include "testing/channel/heard_of.hpp"

#include "protocol/error_code.hpp"

#include <map>
#include <string>
#include <variant>

namespace troupe::testing {

namespace {

heard_message plain(std::string type, payload data = {}) { return {std::move(type), {}, std::move(data), {}, 0, 0, {}}; }

heard_message in_words(std::string type, std::string words) {
  auto one = plain(std::move(type));
  one.words = std::move(words);
  return one;
}

struct reader {
  heard_message operator()(const protocol::welcome&) const { return plain("welcome"); }
  heard_message operator()(const protocol::resumed&) const { return plain("resumed"); }
  heard_message operator()(const protocol::closing& c) const { return in_words("closing", c.reason); }
  heard_message operator()(const protocol::reply& r) const { return plain("reply", r.data); }
  heard_message operator()(const protocol::subscribed& s) const {
    auto one = plain("subscribed", s.data);
    if (s.recovered)
      one.event = *s.recovered ? "recovered" : "lost";
    return one;
  }
  heard_message operator()(const protocol::push& p) const {
    auto one = plain("push", p.data);
    one.event = p.event;
    return one;
  }
  heard_message operator()(const protocol::ask& a) const {
    auto one = plain("ask", a.data);
    one.event = a.event;
    one.ask = a.ask;
    return one;
  }
  heard_message operator()(const protocol::error& e) const {
    return in_words("error", std::string{protocol::to_string(e.why.code)} + ": " + e.why.message);
  }
  heard_message operator()(const protocol::gap& g) const {
    return in_words("gap", g.missed ? std::to_string(*g.missed) : "?");
  }
  heard_message operator()(const protocol::unsubscribed& u) const { return in_words("unsubscribed", u.reason); }
  heard_message operator()(const protocol::presence_change& c) const {
    const auto text = text_of(c);
    auto one = in_words("presence", text.empty() ? text : text.substr(1));
    std::map<std::string, payload> said;
    for (const auto& m : c.joined)
      if (!m.data.is_null())
        said.emplace(to_string(m.session), m.data);
    if (!said.empty())
      one.data = payload::of(said);
    return one;
  }
};

} // namespace

heard_message heard_of(const protocol::server_message& what) { return std::visit(reader{}, what); }

heard_message heard_of(const publication& what) {
  auto one = plain("broadcast", what.data);
  one.event = what.event;
  one.offset = what.offset;
  return one;
}

std::string text_of(const protocol::presence_change& what) {
  using kind = protocol::presence_change::kind;
  std::string text = what.is == kind::everybody ? " all" : "";
  if (what.is == kind::number)
    return " " + std::to_string(what.count);
  for (const auto& m : what.joined)
    text += " +" + to_string(m.session) + (m.away ? "(away)" : "");
  for (const auto& m : what.left)
    text += " -" + to_string(m.session);
  for (const auto& t : what.turned)
    text += (t.away ? " away " : " back ") + to_string(t.who);
  for (const auto& u : what.users)
    text += (u.here ? " came " : " gone ") + u.user;
  return text;
}

} // namespace troupe::testing
