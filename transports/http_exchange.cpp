#include <utility>

#include "transports/http_exchange.hpp"

namespace troupe::transports {

namespace {

constexpr std::string_view nobody_answered = "nobody answered the request";

} // namespace

http_exchange::~http_exchange() { respond(error_response(500, "internal", nobody_answered), {}); }

void http_exchange::respond(http_response response, std::function<void(bool written)> done) {
  if (!std::exchange(answered_, true))
    by_->answer(std::move(response), std::move(done));
}

void http_exchange::respond_by(std::function<http_response(const http_request&)> make) {
  if (!std::exchange(answered_, true))
    by_->answer_by([make = std::move(make), request = request_] { return make(request); });
}

std::shared_ptr<connection> http_exchange::upgrade(const upgrade_accepted& how) {
  return std::exchange(answered_, true) ? nullptr : by_->upgrade(request_, how);
}

void http_exchange::hang_up() {
  if (!std::exchange(answered_, true))
    by_->hang_up();
}

void http_exchange::on_abandoned(std::function<void()> then) {
  if (!answered_)
    by_->on_abandoned(std::move(then));
}

std::shared_ptr<connection> http_exchange::stream(http_response head) {
  return std::exchange(answered_, true) ? by_->no_stream() : by_->stream(std::move(head));
}

} // namespace troupe::transports
