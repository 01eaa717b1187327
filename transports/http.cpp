#include "transports/http.hpp"

#include "protocol/json_text.hpp"

namespace troupe::transports {

namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

std::optional<std::string_view> first(const pairs& list, std::string_view name) {
  for (const auto& [key, value] : list)
    if (key == name)
      return value;
  return std::nullopt;
}

} // namespace

std::optional<std::string_view> http_request::header(std::string_view lower_name) const {
  return first(headers, lower_name);
}

std::optional<std::string_view> http_request::parameter(std::string_view name) const {
  return first(query, name);
}

std::vector<std::string_view> http_request::parameters(std::string_view name) const {
  std::vector<std::string_view> all;
  for (const auto& [key, value] : query)
    if (key == name)
      all.push_back(value);
  return all;
}

http_response http_response::json(unsigned status, std::string body) {
  return {status, {{"Content-Type", "application/json"}}, std::move(body), {}};
}

http_response error_response(unsigned status, std::string_view code, std::string_view message) {
  std::string body = R"({"error":{"code":)";
  protocol::append_json_string(body, code);
  body += R"(,"message":)";
  protocol::append_json_string(body, message);
  body += "}}";
  return http_response::json(status, std::move(body));
}

} // namespace troupe::transports
