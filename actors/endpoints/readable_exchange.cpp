#include "actors/endpoints/readable_exchange.hpp"

#include "actors/endpoints/origin_policy.hpp"
#include "transports/http_header.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace troupe::actors {

namespace {

class readable_exchange final : public transports::exchange {
 public:
  readable_exchange(transports::exchange_ptr inner, transports::http_response headers)
      : inner_(std::move(inner)), headers_(std::move(headers.headers)) {}

  [[nodiscard]] const transports::http_request& request() const override { return inner_->request(); }

  void respond(transports::http_response response, std::function<void(bool written)> done) override {
    add_headers(response);
    inner_->respond(std::move(response), std::move(done));
  }

  void respond_by(std::function<transports::http_response(const transports::http_request&)> make) override {
    inner_->respond_by([make = std::move(make), headers = std::exchange(headers_, {})](const auto& request) {
      auto response = make(request);
      response.headers.insert(response.headers.end(), headers.begin(), headers.end());
      return response;
    });
  }

  void on_abandoned(std::function<void()> then) override { inner_->on_abandoned(std::move(then)); }

  std::shared_ptr<transports::connection> stream(transports::http_response head) override {
    add_headers(head);
    return inner_->stream(std::move(head));
  }

  std::shared_ptr<transports::connection> upgrade(const transports::upgrade_accepted& how) override {
    return inner_->upgrade(how);
  }

  void hang_up() override { inner_->hang_up(); }

 private:
  /// Of `Access-Control-Allow-Origin` there is one: browsers take no answer that has an application's own beside it.
  void add_headers(transports::http_response& to) {
    constexpr std::string_view allows = "Access-Control-Allow-Origin";
    if (std::any_of(headers_.begin(), headers_.end(), [&](const auto& h) { return h.first == allows; }))
      std::erase_if(to.headers, [&](const auto& h) { return transports::equal_ignoring_case(h.first, allows); });
    std::move(headers_.begin(), headers_.end(), std::back_inserter(to.headers));
    headers_.clear();
  }

  transports::exchange_ptr inner_;
  std::vector<std::pair<std::string, std::string>> headers_;
};

} // namespace

transports::exchange_ptr readable_by_pages(transports::exchange_ptr exchange, const config::listen_settings& listen) {
  transports::http_response headers;
  let_page_read(headers, listen, exchange->request());
  return std::make_shared<readable_exchange>(std::move(exchange), std::move(headers));
}

} // namespace troupe::actors
