#include "tests/ledger/proxy.hpp"

#include "tests/ledger/proxied_line.hpp"

#include <utility>

namespace troupe::ledger {

using boost::system::error_code;

namespace {

boost::asio::ip::tcp::endpoint at(std::uint16_t port) { return {boost::asio::ip::address_v4::loopback(), port}; }

} // namespace

proxy::proxy(boost::asio::io_context& loop, std::uint16_t to, std::function<fate()> draw)
    : listener_(loop, at(0)), server_(at(to)), draw_(std::move(draw)) {
  accept();
}

void proxy::accept() {
  listener_.async_accept([this](error_code error, tcp::socket client) {
    if (!listener_.is_open())
      return;
    if (!error) {
      ++connections_;
      std::erase_if(lines_, [](const auto& line) { return line.expired(); });
      auto line = std::make_shared<proxied_line>(std::move(client), draw_(), [this](harm what) { ++harmed_[what]; });
      lines_.push_back(line);
      line->open(server_);
    }
    accept();
  });
}

void proxy::calm() {
  draw_ = [] { return fate{}; };
  for (const auto& line : lines_)
    if (const auto there = line.lock())
      there->calm();
}

void proxy::close() {
  error_code ignored;
  listener_.close(ignored);
  for (const auto& line : std::exchange(lines_, {}))
    if (const auto there = line.lock())
      there->cut();
}

} // namespace troupe::ledger
