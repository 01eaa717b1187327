#include "tests/ledger/crier.hpp"

namespace troupe::ledger {

using boost::system::error_code;
using nlohmann::json;

crier::crier(boost::asio::io_context& loop, std::uint16_t port, std::string key, std::string channel, std::uint32_t seed,
             std::chrono::milliseconds pause_max, truth& into)
    : port_(port), key_(std::move(key)), channel_(std::move(channel)), dice_(seed), pause_max_(pause_max), truth_(into),
      line_(std::make_shared<tcp_line>(
          loop, [this](std::string_view bytes) { on_bytes(bytes); }, [this] { failed_ = "its connection ended"; })),
      next_(loop) {}

void crier::start() {
  line_->open(port_);
  publish();
}

void crier::publish() {
  if (stopped_)
    return;
  const json data{{"n", ++said_}};
  said_text_ = data.dump();
  const auto body = json{{"channel", channel_}, {"data", data}}.dump();
  waits_ = true;
  line_->send("POST /api/publish HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAuthorization: Bearer " + key_ +
              "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

void crier::on_bytes(std::string_view bytes) {
  for (const auto& one : reader_.take(bytes)) {
    waits_ = false;
    if (one.status != 200) {
      failed_ = one.body.dump();
      return;
    }
    truth_.add(channel_, one.body.at("epoch"), {one.body.at("offset"), said_text_});
    next_.expires_after(std::chrono::milliseconds{dice_() % static_cast<std::uint32_t>(pause_max_.count())});
    next_.async_wait([this](error_code error) {
      if (!error)
        publish();
    });
  }
}

} // namespace troupe::ledger
