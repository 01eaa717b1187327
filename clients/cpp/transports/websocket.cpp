#include "clients/cpp/transports/calls_into.hpp"
#include "clients/cpp/transports/query.hpp"
#include "clients/cpp/transports/transports.hpp"

#include <utility>

namespace troupe::clients {

namespace {

constexpr std::uint16_t normal_closure = 1000;

command resume_command(const resumption& what) {
  command c{"resume"};
  c.id = what.id;
  auto positions = nlohmann::json::object();
  for (const auto& [channel, at] : what.positions)
    positions[channel] = {{"epoch", at.epoch}, {"offset", at.offset}};
  c.more = {{"token", what.token},
            {"received", what.received},
            {"positions", std::move(positions)},
            {"attempt", what.attempt}};
  return c;
}

class websocket_connection final : public connection, public std::enable_shared_from_this<websocket_connection> {
 public:
  websocket_connection(codec c, sink to) : codec_(c), sink_(std::move(to)) {}

  void open(network& net, opening what) {
    query target{"ws"};
    if (what.resume)
      target.add("token", what.resume->token); // the node finds the session before the upgrade
    const calls_into<websocket_connection> with_us{weak_from_this()};
    socket_ = net.open(target.text(), subprotocol(codec_),
                       {with_us([resume = std::move(what.resume)](auto& self) {
                          if (resume)
                            self.send(resume_command(*resume));
                        }),
                        with_us([](auto& self, std::string_view bytes, bool) { self.heard(bytes); }),
                        with_us([](auto& self) { self.sink_.alive(); }),
                        with_us([](auto& self, std::optional<int> code, std::string why) {
                          self.ended({std::move(why), code});
                        })});
  }

  [[nodiscard]] bool is_closed() const noexcept { return closed_; }

  void send(const command& what) override { socket_->send(encode(codec_, what), codec_ == codec::msgpack); }

  [[nodiscard]] std::size_t waiting() const override { return socket_->waiting(); }

  /// 1000 says that the session is over; a line that breaks does not.
  void close(bool goodbye) override {
    closed_ = true;
    if (goodbye && socket_)
      socket_->close(normal_closure);
    socket_.reset();
  }

 private:
  void heard(std::string_view bytes) {
    sink_.alive();
    auto message = decode(codec_, bytes);
    if (message && !message->type.empty())
      sink_.message(std::move(*message));
    else
      ended({"the node says what is no troupe.v1: " + (message ? "no type" : message.error())});
  }

  void ended(ending how) {
    close(false);
    sink_.closed(std::move(how));
  }

  const codec codec_;
  const sink sink_;
  std::unique_ptr<socket> socket_;
  bool closed_ = false;
};

class websocket final : public transport {
 public:
  websocket(const transport_environment& around, codec c) : around_(around), codec_(c) {}

  client_transport kind() const noexcept override { return client_transport::websocket; }
  pulse pulse_of(std::optional<milliseconds> heartbeat) const override {
    return {heartbeat.value_or(around_.times.heartbeat), true};
  }

  std::shared_ptr<connection> open(opening what, sink to) override {
    auto c = std::make_shared<websocket_connection>(codec_, std::move(to));
    c->open(around_.net, std::move(what));
    return c;
  }

 private:
  const transport_environment around_;
  const codec codec_;
};

} // namespace

std::unique_ptr<transport> make_websocket(const transport_environment& around, codec c) {
  return std::make_unique<websocket>(around, c);
}

} // namespace troupe::clients
