#include "clients/cpp/transports/http_commands.hpp"

#include <algorithm>
#include <utility>

namespace troupe::clients {

namespace {

using nlohmann::json;

constexpr std::size_t words_max = 200; // of an answer that is none of the node's

/// The object in `body`, or an empty one.
json object_in(const std::string& body) {
  auto tree = json::parse(body, nullptr, false);
  return tree.is_object() ? tree : json::object();
}

node_message error_of(const json& answer) {
  const auto found = answer.find("error");
  return found != answer.end() && found->is_object() ? read_message(*found) : node_message{};
}

} // namespace

// -- sending ------------------------------------------------------------------

void http_commands::send(const std::string& token, command what) {
  if (what.more.contains("token"))
    what.more["credentials"] = what.more["token"]; // here `token` says whose command it is
  const auto timeout = what.more.value("timeout", std::int64_t{0});
  what.more["token"] = token;
  post one{encode(codec::json, what), milliseconds{timeout}, what.action == "unsubscribe"};
  bytes_ += one.body.size();
  const auto name = what.channel.empty() ? '$' + what.action : what.channel;
  auto& to = lanes_[name];
  to.waiting.push_back(std::move(one));
  if (!to.running)
    next(name);
}

void http_commands::next(const std::string& name) {
  auto& from = lanes_.at(name);
  const auto& first = from.waiting.front();
  from.answer.clear();
  from.head = {};
  from.deadline = around_.time.after(around_.times.http_answer + first.timeout, [weak = weak_from_this()] {
    if (const auto self = weak.lock())
      self->failed("no answer to a command");
  });
  http_request what{"POST", "send"};
  what.body = first.body;
  what.waits_for_reader = false;
  from.running = around_.net.request(std::move(what), listener_for(name));
}

/// The command keeps us until it is answered.
http_listener http_commands::listener_for(const std::string& name) {
  const auto self = shared_from_this();
  return {[self, name](http_head head) { self->lanes_.at(name).head = head; },
          [self, name](std::string_view bytes) {
            auto& answer = self->lanes_.at(name).answer;
            if (answer.size() + bytes.size() <= self->around_.limits.message_bytes)
              answer += bytes;
            else
              self->failed("an answer is too long");
          },
          [self, name] { self->answered(name); }, [self](std::string why) { self->failed(std::move(why)); }};
}

// -- hearing ------------------------------------------------------------------

void http_commands::answered(std::string name) {
  auto& from = lanes_.at(name);
  const auto body = std::exchange(from.answer, {});
  const auto head = from.head;
  bytes_ -= from.waiting.front().body.size();
  from.waiting.pop_front();
  from.deadline.reset();
  from.running.reset();
  if (from.waiting.empty())
    lanes_.erase(name);
  else
    next(name);
  if (!closed_)
    tell(body, head);
}

void http_commands::tell(const std::string& body, const http_head& head) {
  const auto answer = object_in(body);
  if (!answer.contains("error")) {
    auto message = read_message(answer);
    return message.type.empty() ? failed("status " + std::to_string(head.status)) : sink_.answer(std::move(message));
  }
  auto error = error_of(answer);
  const auto outer = read_message(answer);
  if (error.text("code") == "expired" && outer.channel.empty())
    return failed(error.text("message"));
  error.type = "error";
  error.id = outer.id;
  error.channel = outer.channel;
  if (!error.number("retry_after") && head.retry_after)
    error.more["retry_after"] = head.retry_after->count();
  sink_.answer(std::move(error));
}

void http_commands::failed(std::string why) {
  const auto self = shared_from_this();
  const bool tells = !closed_;
  close();
  lanes_.clear();
  if (tells)
    sink_.closed({std::move(why)});
}

void http_commands::close() {
  closed_ = true;
  const auto self = shared_from_this();
  for (auto at = lanes_.begin(); at != lanes_.end();) {
    auto& posts = at->second.waiting;
    const bool goes = !posts.empty() && posts.front().is_goodbye;
    if (!posts.empty()) // the one that is under way, and goodbyes behind it
      posts.erase(std::remove_if(posts.begin() + 1, posts.end(), [](const post& p) { return !p.is_goodbye; }),
                  posts.end());
    at = goes || posts.size() > 1 ? std::next(at) : lanes_.erase(at);
  }
}

// -- reading ------------------------------------------------------------------

ending refusal(const std::string& body, const http_head& head) {
  const auto answer = object_in(body);
  const auto error = error_of(answer);
  ending how{error.text("message")};
  if (how.reason.empty())
    how.reason = "status " + std::to_string(head.status);
  how.reason.resize(std::min(how.reason.size(), words_max));
  how.error = error.text("code");
  how.retry_after = error.number("retry_after") ? error.retry_after() : head.retry_after;
  return how;
}

node_message resumption_answer(const resumption& asked, const node_message& welcome) {
  node_message answer;
  answer.id = asked.id;
  if (welcome.text("token") == asked.token) {
    answer.type = "resumed";
    answer.more = {{"token", asked.token}, {"session", welcome.text("session")}, {"private", welcome.text("private")}};
  } else {
    answer.type = "error";
    answer.more = {{"code", "expired"}, {"message", "the session has gone"}};
  }
  return answer;
}

} // namespace troupe::clients
