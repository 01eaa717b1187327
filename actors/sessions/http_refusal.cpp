#include "actors/sessions/http_refusal.hpp"

#include "protocol/error_code.hpp"
#include "protocol/json_text.hpp"

namespace troupe::actors {

namespace {

void append_id(std::string& out, const protocol::request_id& id) {
  if (const auto* number = std::get_if<std::int64_t>(&id)) {
    out += ",\"id\":" + std::to_string(*number);
  } else if (const auto* text = std::get_if<std::string>(&id)) {
    out += ",\"id\":";
    protocol::append_json_string(out, *text);
  }
}

} // namespace

transports::http_response http_refusal(unsigned status, const protocol::error& what) {
  const auto pause = protocol::retry_after(what.why);
  std::string body = R"({"error":{"code":)";
  protocol::append_json_string(body, protocol::to_string(what.why.code));
  body += R"(,"message":)";
  protocol::append_json_string(body, what.why.message);
  if (pause)
    body += R"(,"retry_after":)" + std::to_string(*pause);
  body += '}';
  append_id(body, what.id);
  if (!what.channel.empty()) {
    body += R"(,"channel":)";
    protocol::append_json_string(body, what.channel);
  }
  body += '}';
  auto no = transports::http_response::json(status, std::move(body));
  if (const auto seconds = protocol::retry_after_seconds(what.why))
    no.headers.emplace_back("Retry-After", std::to_string(*seconds));
  return no;
}

transports::http_response http_refusal(const protocol::error& what) {
  return http_refusal(static_cast<unsigned>(protocol::http_status(what.why.code)), what);
}

transports::http_response http_refusal(protocol::close_code code, std::string_view reason) {
  return transports::error_response(401, code == protocol::close_code::replaced ? "replaced" : "kicked", reason);
}

transports::http_response http_refusal(const failure& why) { return http_refusal(protocol::error{{}, why, {}}); }

} // namespace troupe::actors
