#pragma once

#include "transports/exchange.hpp"
#include "transports/http_connection.hpp"

#include <memory>

namespace troupe::transports {

/// One request of an HTTP connection, in the hands of whoever answers it. See exchange.hpp.
///
/// Keeps its connection in memory, not open.
class http_exchange final : public exchange {
 public:
  http_exchange(std::shared_ptr<http_connection> by, http_request request)
      : by_(std::move(by)), request_(std::move(request)) {}
  ~http_exchange() override;

  http_exchange(const http_exchange&) = delete;
  http_exchange& operator=(const http_exchange&) = delete;

  [[nodiscard]] const http_request& request() const override { return request_; }
  void respond(http_response response, std::function<void(bool written)> done) override;
  void respond_by(std::function<http_response(const http_request&)> make) override;
  std::shared_ptr<connection> upgrade(const upgrade_accepted& how) override;
  void hang_up() override;
  void on_abandoned(std::function<void()> then) override;
  std::shared_ptr<connection> stream(http_response head) override;

 private:
  std::shared_ptr<http_connection> by_;
  http_request request_;
  bool answered_ = false;
};

} // namespace troupe::transports
