#include "tests/protocol/describe.hpp"

namespace troupe::protocol::test {

namespace {

std::string text_of(const request_id& id) {
  if (const auto* number = std::get_if<std::int64_t>(&id))
    return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&id))
    return '"' + *text + '"';
  return "none";
}

std::string text_of(const std::string& value) { return value; }
std::string text_of(bool value) { return value ? "true" : "false"; }
std::string text_of(std::uint64_t value) { return std::to_string(value); }
std::string text_of(std::int64_t value) { return std::to_string(value); }
std::string text_of(std::uint32_t value) { return std::to_string(value); }
std::string text_of(const position& at) { return at.epoch + '/' + std::to_string(at.offset); }

std::string text_of(const payload& data) {
  if (data.encoding() != encoding::bytes)
    return std::string(data.json());
  const auto base64 = data.json();
  return "bytes:" + std::string(base64.substr(1, base64.size() - 2));
}

template <class T>
std::string text_of(const std::optional<T>& value) {
  return value ? text_of(*value) : "none";
}

template <class T>
std::string field(std::string_view name, const T& value) {
  return ' ' + std::string(name) + '=' + text_of(value);
}

struct words {
  std::string id;

  std::string operator()(const subscribe& c) const {
    return "subscribe" + id + field("channel", c.channel) + field("params", c.params) + field("since", c.since) +
           field("presence", c.presence);
  }
  std::string operator()(const unsubscribe& c) const { return "unsubscribe" + id + field("channel", c.channel); }
  std::string operator()(const publish& c) const {
    return "publish" + id + field("channel", c.channel) + field("event", c.event) + field("data", c.data) +
           field("key", c.key) + field("echo", c.echo) + field("ephemeral", c.ephemeral);
  }
  std::string operator()(const call& c) const {
    return "call" + id + field("channel", c.channel) + field("event", c.event) + field("data", c.data) +
           field("timeout", c.timeout) + field("key", c.key);
  }
  std::string operator()(const answer& c) const { return "answer" + id + field("ask", c.ask) + field("data", c.data); }
  std::string operator()(const history& c) const {
    return "history" + id + field("channel", c.channel) + field("since", c.since) + field("before", c.before) +
           field("limit", c.limit);
  }
  std::string operator()(const presence& c) const {
    return "presence" + id + field("channel", c.channel) + field("since", c.since) + field("limit", c.limit);
  }
  std::string operator()(const authenticate& c) const { return "authenticate" + id + field("token", c.token); }
  std::string operator()(const resume& c) const {
    auto text = "resume" + id + field("token", c.token) + field("received", c.received) + (c.attempt > 0 ? field("attempt", c.attempt) : std::string{});
    for (const auto& [channel, at] : c.positions)
      text += " at=" + channel + '@' + text_of(at);
    return text;
  }
  std::string operator()(const ack& c) const { return "ack" + id + field("received", c.received); }
  std::string operator()(const ping&) const { return "ping" + id; }
  std::string operator()(const bare& c) const { return "bare" + id + field("data", c.data); }
};

} // namespace

std::string describe(const command& c) { return std::visit(words{field("id", c.id)}, c.body); }

std::string describe(const decoded& d) {
  if (d)
    return describe(*d);
  return std::string(to_string(d.error().why.code)) + field("id", d.error().id) + ": " + d.error().why.message;
}

} // namespace troupe::protocol::test
