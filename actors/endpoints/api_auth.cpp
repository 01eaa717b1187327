#include "actors/endpoints/api_auth.hpp"

#include "actors/sessions/session_token.hpp"
#include "transports/http_header.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

/// The value of the cookie `name` in `a=1; b=2`.
std::string_view cookie_in(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const auto end = std::min(header.find(';'), header.size());
    auto pair = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
      return pair.substr(name.size() + 1);
  }
  return {};
}

} // namespace

api_auth::api_auth() : cookie_(new_secret()) {}

void api_auth::set_key(std::string api_key, std::uint16_t port) {
  const std::lock_guard guard{mutex_};
  api_key_ = std::move(api_key);
  cookie_name_ = "troupe_observer_" + std::to_string(port);
}

bool api_auth::has_key(const transports::http_request& request) const {
  const auto header = request.header("authorization").value_or("");
  constexpr std::string_view scheme = "Bearer ";
  const std::lock_guard guard{mutex_};
  const bool is_bearer = transports::equal_ignoring_case(header.substr(0, scheme.size()), scheme); // RFC 9110 section 11.1
  return !api_key_.empty() && is_bearer && same_secret(header.substr(scheme.size()), api_key_);
}

bool api_auth::may_observe(const transports::http_request& request) const {
  if (has_key(request))
    return true;
  const std::lock_guard guard{mutex_};
  return !cookie_name_.empty() && same_secret(cookie_in(request.header("cookie").value_or(""), cookie_name_), cookie_);
}

std::string api_auth::new_link(time_point now, std::chrono::milliseconds lifetime) {
  const std::lock_guard guard{mutex_};
  link_until_ = now + lifetime;
  return link_ = new_secret();
}

std::optional<std::string> api_auth::redeem(std::string_view once, time_point now) {
  const std::lock_guard guard{mutex_};
  if (link_.empty() || now >= link_until_ || !same_secret(once, link_))
    return std::nullopt;
  link_.clear();
  return cookie_name_ + "=" + cookie_ + "; Path=/; HttpOnly; SameSite=Strict";
}

} // namespace troupe::actors
