#include "actors/node/admin_request.hpp"

#include "config/api_key.hpp"
#include "transports/http_client.hpp"

#include <nlohmann/json.hpp>

#include <ostream>

namespace troupe::actors {

namespace {

using json = nlohmann::json;

constexpr auto beyond_call = std::chrono::seconds{5}; // for the answer itself

/// What the node said of its reasons, or that it said none.
std::string reason_of(const transports::client_response& answer) {
  const auto body = json::parse(answer.body, nullptr, false);
  if (body.is_object() && body.contains("error") && body["error"].is_object())
    if (const auto message = body["error"].value("message", ""); !message.empty())
      return message;
  return "the node answered with status " + std::to_string(answer.status);
}

transports::client_request to_node(const config::command_line& line, std::string target) {
  transports::client_request what;
  what.host = line.connect.host;
  what.port = line.connect.port;
  what.target = std::move(target);
  return what;
}

request_result ask(const config::command_line& line, transports::client_request what) {
  what.deadline = line.config.values.channels.call_timeout + beyond_call; // the node says by then what it waited for
  const auto key = config::client_api_key(line.config.values.api, line.connect.port);
  if (key)
    what.headers.emplace_back("Authorization", "Bearer " + key->text);
  const auto answer = transports::request_http(what); // without a key, too: where no node runs, no key is missing
  if (!answer)
    return tl::unexpected(request_failure{status_unavailable, answer.error()});
  if (!key)
    return tl::unexpected(request_failure{status_no_permission, key.error()});
  if (answer->status == 200)
    return answer->body;
  auto text = reason_of(*answer);
  if (answer->status == 401)
    text += "\ntroupe: the key used comes from " + key->from;
  return tl::unexpected(request_failure{answer->status == 401 ? status_no_permission : status_refused, std::move(text)});
}

} // namespace

request_result get(const config::command_line& line, std::string target) {
  return ask(line, to_node(line, std::move(target)));
}

request_result post(const config::command_line& line, std::string path, std::string body) {
  auto what = to_node(line, std::move(path));
  what.method = "POST";
  what.body = std::move(body);
  what.headers.emplace_back("Content-Type", "application/json");
  return ask(line, std::move(what));
}

request_result get_open(const config::command_line& line, std::string target) {
  auto what = to_node(line, std::move(target));
  what.headers.emplace_back("Accept", "application/json");
  const auto answer = transports::request_http(what);
  if (!answer)
    return tl::unexpected(request_failure{status_unavailable, answer.error()});
  if (answer->status == 200)
    return answer->body;
  return tl::unexpected(request_failure{status_refused, reason_of(*answer)});
}

int report(const config::command_line& line, const request_failure& why, std::ostream& err) {
  err << line.program << ": " << why.text << '\n';
  return why.status;
}

std::string target_of(std::string path, const std::vector<std::pair<std::string_view, std::string>>& query) {
  constexpr char digits[] = "0123456789ABCDEF";
  char before = '?';
  for (const auto& [name, value] : query) {
    if (value.empty())
      continue;
    path += std::exchange(before, '&');
    path.append(name) += '=';
    for (const char c : value) {
      const auto byte = static_cast<unsigned char>(c);
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
      if (plain)
        path += c;
      else
        path.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
  }
  return path;
}

} // namespace troupe::actors
