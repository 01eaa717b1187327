#pragma once

#include <troupe/member.hpp>
#include <troupe/outcome.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace troupe {

/// Who a client is, as the application says. A value; `limits.identity_bytes` bounds it.
struct identity {
  std::string user{}; ///< `member::user`; its inbox `user:…` is read by nobody else. Empty: anonymous
  payload data{};     ///< `member::data`: for the application's channels, told to no client
  /// Channels, or patterns (`news:*`), that it may subscribe to although their namespace says `subscribe = "nobody"`.
  std::vector<std::string> rights{};
};

/// An answer to a handshake that comes later. A value: copies share one answer; the first counts.
/// Thread: any. Ends: answered; with `error unavailable` after `session.connect_timeout`; with `error internal` when its
/// last copy is gone unanswered. Until then it counts in `limits.handshakes`, also where its client has given up.
class connect_promise {
 public:
  /// Where answers go; made by the library.
  class sink {
   public:
    virtual ~sink() = default;
    virtual void settle(std::variant<identity, failure> answer) = 0;
  };
  explicit connect_promise(std::shared_ptr<sink> to) : sink_(std::move(to)) {}

  void accept(identity who) const { sink_->settle(std::move(who)); }
  void refuse(error_code code, std::string why) const { sink_->settle(failure{code, std::move(why)}); }

 private:
  std::shared_ptr<sink> sink_;
};

/// A client that comes in, or says `authenticate`: what there is to tell by who it is.
///
/// Thread: the I/O thread that asks; views live as long as the handshake, which ends with the hook: copy what a promise
/// needs. Text is as the client sent it, and empty where it sent none.
class handshake {
 public:
  using fields = std::vector<std::pair<std::string, std::string>>;

  /// Of the request at hand; with `authenticate` there is none.
  struct facts {
    transport_kind transport = transport_kind::websocket;
    std::string path{};
    std::string subprotocol{}; ///< of a WebSocket, as chosen
    std::string peer{};        ///< address:port, for logs; authorises nothing
    fields query{};            ///< decoded, in order
    fields headers{};          ///< names in lower case
    std::string token{};       ///< of `authenticate`
    std::string user{};        ///< with `authenticate`: who it is so far
  };
  handshake(facts given, std::function<connect_promise()> promises)
      : facts_(std::move(given)), promises_(std::move(promises)) {}

  [[nodiscard]] const facts& all() const noexcept { return facts_; }
  [[nodiscard]] transport_kind transport() const noexcept { return facts_.transport; }
  [[nodiscard]] std::string_view path() const noexcept { return facts_.path; }
  [[nodiscard]] std::string_view subprotocol() const noexcept { return facts_.subprotocol; }
  [[nodiscard]] std::string_view peer() const noexcept { return facts_.peer; }
  [[nodiscard]] std::string_view token() const noexcept { return facts_.token; }
  [[nodiscard]] std::string_view user() const noexcept { return facts_.user; }

  /// The first of that name.
  [[nodiscard]] std::string_view header(std::string_view lower_name) const noexcept;
  [[nodiscard]] std::string_view parameter(std::string_view name) const noexcept;
  [[nodiscard]] std::string_view cookie(std::string_view name) const noexcept; ///< without its quotes

  /// The answer comes later: `return later(promise);`
  [[nodiscard]] connect_promise promise_answer() const { return promises_(); }

 private:
  facts facts_;
  std::function<connect_promise()> promises_;
};

/// What `on_connect` decides: an `identity`, `refuse(…)`, or later. A value.
class connect_result {
 public:
  connect_result(identity who) : value_(std::move(who)) {}
  connect_result(failure why) : value_(std::move(why)) {}
  connect_result(later_t) : value_(later_t{}) {}
  /// `refuse(…)`; `accept()` lets an anonymous client in.
  connect_result(const outcome& said) : value_(identity{}) {
    if (said.why_not())
      value_ = *said.why_not();
    else if (said.is_later())
      value_ = failure{error_code::internal, "on_connect takes its promise from the handshake"};
  }

  /// Null: later.
  [[nodiscard]] const identity* who() const noexcept { return std::get_if<identity>(&value_); }
  [[nodiscard]] const failure* why_not() const noexcept { return std::get_if<failure>(&value_); }

 private:
  std::variant<identity, failure, later_t> value_;
};

[[nodiscard]] inline connect_result later(const connect_promise&) { return {later_t{}}; }

/// See `node::on_connect`.
using connect_hook = std::function<connect_result(const handshake&)>;

} // namespace troupe
