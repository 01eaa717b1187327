#include "actors/endpoints/api_auth.hpp"

#include "actors/sessions/session_token.hpp"
#include "protocol/base64.hpp"
#include "transports/http_header.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
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

void api_auth::set_key(std::string api_key, std::uint16_t port) {
  const std::lock_guard guard{mutex_};
  api_key_ = std::move(api_key);
  cookie_name_ = "troupe_observer_" + std::to_string(port);
}

// -- who ----------------------------------------------------------------------

bool api_auth::has_key(const transports::http_request& request) const {
  const std::lock_guard guard{mutex_};
  return holds_key(request);
}

bool api_auth::holds_key(const transports::http_request& request) const {
  const auto header = request.header("authorization").value_or("");
  constexpr std::string_view scheme = "Bearer ";
  const bool is_bearer = transports::equal_ignoring_case(header.substr(0, scheme.size()), scheme); // RFC 9110 section 11.1
  return !api_key_.empty() && is_bearer && same_secret(header.substr(scheme.size()), api_key_);
}

std::optional<std::string> api_auth::who(const transports::http_request& request) const {
  const std::lock_guard guard{mutex_};
  if (holds_key(request))
    return "API key";
  if (api_key_.empty())
    return std::nullopt;
  const auto cookie = cookie_in(request.header("cookie").value_or(""), cookie_name_);
  const auto dot = cookie.rfind('.');
  if (dot == std::string_view::npos || !same_secret(cookie.substr(dot + 1), signed_by_key(cookie.substr(0, dot))))
    return std::nullopt;
  const auto claim = cookie.substr(0, dot); // ours: NAME.UNTIL
  const auto until = claim.substr(claim.find('.') + 1);
  std::int64_t ms = 0;
  std::from_chars(until.data(), until.data() + until.size(), ms);
  if (ms <= wall_())
    return std::nullopt;
  return "observer " + std::string{claim.substr(0, claim.find('.'))};
}

// -- the observer -------------------------------------------------------------

api_auth::login api_auth::log_in() const {
  const std::lock_guard guard{mutex_};
  return new_login();
}

/// `NAME.UNTIL.SIGNATURE`: nothing has to be remembered.
api_auth::login api_auth::new_login() const {
  const auto name = new_secret().substr(0, 6);
  const auto claim = name + "." + std::to_string(wall_() + std::chrono::milliseconds{cookie_lifetime}.count());
  return {cookie_name_ + "=" + claim + "." + signed_by_key(claim) + "; Path=/; Max-Age=" +
              std::to_string(std::chrono::seconds{cookie_lifetime}.count()) + "; HttpOnly; SameSite=Strict",
          "observer " + name};
}

std::string api_auth::signed_by_key(std::string_view text) const {
  const auto whole = cookie_name_ + ":" + std::string{text};
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (!::HMAC(::EVP_sha256(), api_key_.data(), static_cast<int>(api_key_.size()),
              reinterpret_cast<const unsigned char*>(whole.data()), whole.size(), digest.data(), &size))
    throw std::runtime_error("HMAC failed");
  std::string signature;
  protocol::append_base64url(signature, {reinterpret_cast<const char*>(digest.data()), size});
  return signature;
}

std::string api_auth::new_link(time_point now, std::chrono::milliseconds lifetime) {
  const std::lock_guard guard{mutex_};
  link_until_ = now + lifetime;
  return link_ = new_secret();
}

std::optional<api_auth::login> api_auth::redeem(std::string_view once, time_point now) {
  const std::lock_guard guard{mutex_};
  if (link_.empty() || now >= link_until_ || !same_secret(once, link_))
    return std::nullopt;
  link_.clear();
  return new_login();
}

} // namespace troupe::actors
