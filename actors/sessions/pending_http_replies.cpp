#include "actors/sessions/pending_http_replies.hpp"

#include "actors/sessions/http_refusal.hpp"
#include "protocol/message_id.hpp"
#include "protocol/wire_form.hpp"

#include <utility>

namespace troupe::actors {

pending_http_replies::~pending_http_replies() {
  for (auto& [id, w] : waiting_)
    w.to->respond(http_refusal({w.original, {error_code::unavailable, "the session has ended"}, {}}));
}

protocol::request_id pending_http_replies::expect(protocol::request_id original, transports::exchange_ptr to) {
  const auto id = next_++;
  waiting_.emplace(id, waiting{std::move(original), std::move(to)});
  return id;
}

bool pending_http_replies::answer(protocol::server_message m) {
  auto* id = protocol::id_of(m);
  const auto* number = id ? std::get_if<std::int64_t>(id) : nullptr;
  const auto found = number ? waiting_.find(*number) : waiting_.end();
  if (found == waiting_.end())
    return false;
  auto w = std::move(found->second);
  waiting_.erase(found);
  *id = std::move(w.original);
  const auto* error = std::get_if<protocol::error>(&m);
  w.to->respond(error ? http_refusal(*error) : transports::http_response::json(200, protocol::to_json(m)));
  return true;
}

} // namespace troupe::actors
