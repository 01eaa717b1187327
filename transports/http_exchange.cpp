#include <utility>

#include "transports/http_exchange.hpp"

namespace troupe::transports {

namespace {

constexpr std::string_view nobody_answered = "nobody answered the request";

} // namespace

http_exchange::~http_exchange() {
  if (by_)
    by_->answer(error_response(500, "internal", nobody_answered), {});
}

void http_exchange::respond(http_response response, std::function<void(bool written)> done) {
  if (const auto by = std::exchange(by_, nullptr))
    by->answer(std::move(response), std::move(done));
}

void http_exchange::on_abandoned(std::function<void()> then) {
  if (by_)
    by_->on_abandoned(std::move(then));
}

std::shared_ptr<connection> http_exchange::stream(http_response head) {
  const auto by = std::exchange(by_, nullptr);
  return by ? by->stream(std::move(head)) : nullptr;
}

} // namespace troupe::transports
