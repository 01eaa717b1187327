#include "clients/cpp/transports/query.hpp"

namespace troupe::clients {

namespace {

constexpr std::size_t address_bytes_max = 4096;

bool is_unreserved(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == '~';
}

} // namespace

query& query::add(std::string_view key, std::string_view value) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  text_ += before_;
  before_ = '&';
  (text_ += key) += '=';
  for (const char each : value) {
    const auto c = static_cast<unsigned char>(each);
    if (is_unreserved(c))
      text_ += each;
    else
      ((text_ += '%') += digits[c >> 4]) += digits[c & 15];
  }
  return *this;
}

std::string address_of(std::string path, const opening& what) {
  query to{std::move(path)};
  to.add("format", "envelope").add("channel", "");
  if (!what.resume)
    return to.text();
  to.add("token", what.resume->token)
      .add("received", std::to_string(what.resume->received))
      .add("attempt", std::to_string(what.resume->attempt));
  for (const auto& [channel, at] : what.resume->positions) {
    if (to.text().size() > address_bytes_max) // they help where the node has forgotten much
      break;
    to.add("at", channel + "@" + at.epoch + "-" + std::to_string(at.offset));
  }
  return to.text();
}

} // namespace troupe::clients
