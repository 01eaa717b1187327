#pragma once

#include <troupe/handshake.hpp>
#include <troupe/outcome.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace troupe {

/// What a request for a route of the application's own is answered. A value. Its length, date and connection are the node's:
/// `Content-Length`, `Transfer-Encoding`, `Connection`, `Upgrade` and `Date` are not among its headers.
struct http_reply {
  unsigned status = 200; ///< 200 to 599
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};

  [[nodiscard]] static http_reply text(std::string body, unsigned status = 200) {
    return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::move(body)};
  }
  [[nodiscard]] static http_reply json(const payload& data, unsigned status = 200) {
    return {status, {{"Content-Type", "application/json"}}, std::string{data.json()}};
  }
};

/// An answer to a request that comes later. A value: copies share one; the first counts.
/// Thread: any. Ends: answered; its client is told `timeout` after `channels.call_timeout`, and 500 when the last copy is
/// gone unanswered. Until it is answered or gone it counts in `limits.route_requests`, also where its client is not there
/// any more.
class http_promise {
 public:
  /// Where answers go; made by the library.
  class sink {
   public:
    virtual ~sink() = default;
    virtual void settle(http_reply answer) = 0;
  };
  explicit http_promise(std::shared_ptr<sink> to) : sink_(std::move(to)) {}

  void answer(http_reply what) const { sink_->settle(std::move(what)); }

 private:
  std::shared_ptr<sink> sink_;
};

/// A request for a route: header and body have been read and checked, the body is at most `limits.request_body_bytes`.
///
/// Thread: the I/O thread that asks; views live as long as it, which ends with the handler: copy what a promise needs.
class http_call {
 public:
  using fields = handshake::fields;

  http_call(std::string method, handshake::facts about, fields parameters, std::string body,
            std::function<http_promise()> promises)
      : method_(std::move(method)), about_(std::move(about), {}), parameters_(std::move(parameters)), body_(std::move(body)),
        promises_(std::move(promises)) {}

  [[nodiscard]] const std::string& method() const noexcept { return method_; } ///< of a HEAD: HEAD
  [[nodiscard]] std::string_view path() const noexcept { return about_.path(); } ///< decoded
  /// What stands for `{name}` in the path; empty: there is no such name.
  [[nodiscard]] std::string_view parameter(std::string_view name) const noexcept {
    for (const auto& [called, value] : parameters_)
      if (called == name)
        return value;
    return {};
  }
  /// The first of that name in the query; empty without.
  [[nodiscard]] std::string_view query(std::string_view name) const noexcept { return about_.parameter(name); }
  [[nodiscard]] std::string_view header(std::string_view lower_name) const noexcept { return about_.header(lower_name); }
  [[nodiscard]] std::string_view cookie(std::string_view name) const noexcept { return about_.cookie(name); }
  [[nodiscard]] const std::string& body() const noexcept { return body_; }
  [[nodiscard]] std::string_view peer() const noexcept { return about_.peer(); } ///< address:port; authorises nothing

  /// The same as `node::on_connect` is asked about: for a function that tells who it is for both. Nobody has been asked yet.
  [[nodiscard]] const handshake& about() const noexcept { return about_; }

  /// The answer comes later: `return later(promise);`
  [[nodiscard]] http_promise promise_answer() const { return promises_(); }

 private:
  std::string method_;
  handshake about_;
  fields parameters_;
  std::string body_;
  std::function<http_promise()> promises_;
};

/// What a handler decides: a reply, `refuse(code, why)`, or later. A value.
class http_result {
 public:
  http_result(http_reply what) : value_(std::move(what)) {}
  http_result(failure why) : value_(std::move(why)) {}
  http_result(later_t) : value_(later_t{}) {}
  /// `refuse(…)`, as the HTTP status of its code; `reply(data)` is JSON.
  http_result(const outcome& said) : value_(later_t{}) {
    if (said.why_not())
      value_ = *said.why_not();
    else if (said.data())
      value_ = http_reply::json(*said.data());
  }

  [[nodiscard]] const http_reply* reply() const noexcept { return std::get_if<http_reply>(&value_); }
  [[nodiscard]] const failure* why_not() const noexcept { return std::get_if<failure>(&value_); }

 private:
  std::variant<http_reply, failure, later_t> value_;
};

[[nodiscard]] inline http_result later(const http_promise&) { return {later_t{}}; }

/// See `node::route`.
using http_handler = std::function<http_result(const http_call&)>;

} // namespace troupe
