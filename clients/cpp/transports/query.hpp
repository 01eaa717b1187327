#pragma once
/// A target with its query: `poll?format=envelope&channel=room%3Atea`. Pure.

#include "clients/cpp/transports/transport.hpp"

#include <string>
#include <string_view>

namespace troupe::clients {

class query {
 public:
  explicit query(std::string path) : text_(std::move(path)) {}

  query& add(std::string_view key, std::string_view value);
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
  char before_ = '?';
};

/// The address of an event stream, or of the first poll: no channel (they are joined as on a WebSocket), and the
/// session that it goes on with.
[[nodiscard]] std::string address_of(std::string path, const opening& what);

} // namespace troupe::clients
