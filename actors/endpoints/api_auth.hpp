#pragma once

#include "transports/http.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace troupe::actors {

/// Who may look inside and command: the API key, and the observer's cookie, which a one-time link or the key itself sets.
///
/// Owner: the node. Thread: any. Secrets are compared in a time that does not tell where they differ; none is logged
/// but the link, once, to whoever started the node. A link ends with its use, its lifetime, or the next one. A cookie says
/// whose it is and until when, signed with the key: so it outlives the node, for `cookie_lifetime` or until another key.
class api_auth {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::hours cookie_lifetime{7 * 24};

  /// `wall`: ms since 1970.
  api_auth(std::function<std::int64_t()> wall) : wall_(std::move(wall)) {}

  /// Until it is called nobody has the key: where a node looks for it depends on the port it got, and so does the name
  /// of the cookie, since browsers send a host's cookies to all its ports.
  void set_key(std::string api_key, std::uint16_t port);

  /// `Authorization: Bearer KEY`.
  [[nodiscard]] bool has_key(const transports::http_request& request) const;

  /// The key, or the cookie: for what the observer shows and does.
  [[nodiscard]] bool may_observe(const transports::http_request& request) const { return who(request).has_value(); }

  /// Who asks, for the audit: "API key", or "observer" and which one; nothing: nobody who may.
  [[nodiscard]] std::optional<std::string> who(const transports::http_request& request) const;

  /// A new observer: the Set-Cookie header, and who it is from now on.
  struct login {
    std::string cookie, who;
  };
  [[nodiscard]] login log_in() const;

  /// What a link carries: `/observer?once=…`. A new one replaces one that was not used.
  [[nodiscard]] std::string new_link(time_point now, std::chrono::milliseconds lifetime);

  /// For whoever brings the link's text; nothing if it was used, is too old, or was never given.
  [[nodiscard]] std::optional<login> redeem(std::string_view once, time_point now);

 private:
  [[nodiscard]] bool holds_key(const transports::http_request& request) const;
  [[nodiscard]] std::string signed_by_key(std::string_view text) const;
  [[nodiscard]] login new_login() const;

  const std::function<std::int64_t()> wall_;
  mutable std::mutex mutex_;
  std::string api_key_; // empty: not set yet
  std::string cookie_name_;
  std::string link_; // empty: none is open
  time_point link_until_{};
};

} // namespace troupe::actors
