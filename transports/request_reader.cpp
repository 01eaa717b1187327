#include <utility>

#include "transports/request_reader.hpp"

#include "transports/http_target.hpp"
#include "transports/http_upgrade.hpp"

#include <algorithm>

namespace troupe::transports {

namespace {

constexpr http_refusal body_too_large{413, "too_large", "the request body is too large"};

/// RFC 9112 section 3.2.2: the authority of an absolute target replaces the Host header.
void replace_host(http_request& request, std::string authority) {
  for (auto& [name, value] : request.headers)
    if (name == "host")
      value = std::move(authority);
}

} // namespace

request_reader::state request_reader::advance() {
  switch (part_) {
  case part::head:
    return read_head();
  case part::length_body:
    return read_length_body();
  case part::chunked_body:
    return read_chunked_body();
  case part::whole:
    break;
  }
  return state::ready;
}

/// RFC 9112 section 2.2: one empty line before a request is ignored. False: not there yet.
bool request_reader::skip_empty_line() {
  if (held_ == "\r" && !skipped_line_)
    return false;
  if (held_.starts_with("\r\n") && !std::exchange(skipped_line_, true))
    held_.erase(0, 2);
  return true;
}

request_reader::state request_reader::read_head() {
  if (!skip_empty_line())
    return state::more;
  const head_scanner::verdict v = scanner_.look(held_, header_bytes_max_);
  if (v.refusal)
    return refuse(*v.refusal);
  if (v.size == 0)
    return state::more;
  auto parsed = parse_http_head(std::string_view(held_).substr(0, v.size));
  held_.erase(0, v.size);
  scanner_.reset();
  if (const auto* refusal = std::get_if<http_refusal>(&parsed))
    return refuse(*refusal);
  return on_head(std::move(std::get<http_head>(parsed)));
}

request_reader::state request_reader::on_head(http_head&& head) {
  http_target target;
  if (const auto refusal = parse_http_target(head.method, head.target, target))
    return refuse(*refusal);
  if (asks_for_websocket(head)) {
    if (const auto refusal = check_websocket_upgrade(head)) {
      refused_upgrade_ = true;
      return refuse(*refusal);
    }
    request_.upgrade = true;
  }
  if (head.content_length > body_bytes_max_)
    return refuse(body_too_large);
  request_.method = std::move(head.method);
  request_.path = std::move(target.path);
  request_.query = std::move(target.query);
  request_.headers = std::move(head.headers);
  request_.keep_alive = head.keep_alive;
  if (!target.authority.empty())
    replace_host(request_, std::move(target.authority));
  expects_continue_ = head.expects_continue;
  left_ = head.content_length;
  part_ = head.framing == body_framing::chunked  ? part::chunked_body
          : head.framing == body_framing::length ? part::length_body
                                                 : part::whole;
  return advance();
}

request_reader::state request_reader::read_length_body() {
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, held_.size()));
  request_.body.append(held_, 0, n);
  held_.erase(0, n);
  left_ -= n;
  if (left_ != 0)
    return state::more;
  part_ = part::whole;
  return state::ready;
}

request_reader::state request_reader::read_chunked_body() {
  std::string_view in = held_;
  const auto fed = chunks_.feed(in, request_.body, body_bytes_max_);
  held_.erase(0, held_.size() - in.size());
  if (fed == chunked_body::state::more)
    return state::more;
  if (fed == chunked_body::state::refused)
    return refuse(chunks_.why());
  part_ = part::whole;
  return state::ready;
}

bool request_reader::take_expectation() noexcept {
  const bool body_is_missing = part_ == part::length_body || part_ == part::chunked_body;
  return std::exchange(expects_continue_, false) && body_is_missing && request_.body.empty();
}

http_request request_reader::take() {
  part_ = part::head;
  chunks_ = {};
  skipped_line_ = expects_continue_ = false;
  if (held_.empty())
    std::string().swap(held_); // idle connections keep no memory for the next request
  return std::exchange(request_, {});
}

request_reader::state request_reader::refuse(const http_refusal& why) {
  refusal_ = why;
  return state::refused;
}

} // namespace troupe::transports
