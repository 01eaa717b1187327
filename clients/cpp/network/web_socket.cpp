#include <utility>

#include "clients/cpp/network/asio_network.hpp"
#include "clients/cpp/network/net_stream.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <deque>

namespace troupe::clients {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using error_code = boost::system::error_code;

/// One WebSocket. Owner: what it waits for, a read nearly always.
class web_socket : public std::enable_shared_from_this<web_socket> {
 public:
  web_socket(std::shared_ptr<const network_environment> in, socket_listener to)
      : in_(std::move(in)), to_(std::move(to)), stream_(in_->loop, in_->tls) {
    stream_.read_message_max(in_->message_bytes_max);
    stream_.auto_fragment(false);
  }

  void start(std::string target, std::string subprotocol) {
    stream_.set_option(websocket::stream_base::decorator([in = in_, subprotocol](websocket::request_type& request) {
      request.set(http::field::sec_websocket_protocol, subprotocol);
      request.set(http::field::user_agent, "troupe-cpp");
      for (const auto& [name, value] : in->headers)
        request.set(name, value);
    }));
    stream_.control_callback([this](websocket::frame_type, beast::string_view) {
      if (!over_)
        to_.alive();
    });
    stream_.next_layer().dial(in_->node,
                              [self = shared_from_this(), target = in_->node.path + target](std::string why) {
                                why.empty() ? self->shake_hands(target) : self->end({}, std::move(why));
                              });
  }

  void send(std::string bytes, bool binary) {
    bytes_ += bytes.size();
    waiting_.push_back({std::move(bytes), binary});
    write();
  }

  [[nodiscard]] std::size_t waiting() const noexcept { return bytes_; }

  void close(std::uint16_t code) {
    over_ = true;
    goodbye_ = code;
    if (!open_)
      return give_up();
    write();
  }

  void give_up() {
    over_ = true;
    if (!goodbye_ || !open_)
      stream_.next_layer().close();
  }

 private:
  struct frame {
    std::string bytes;
    bool binary;
  };

  void shake_hands(const std::string& target) {
    if (over_)
      return;
    stream_.async_handshake(answer_, in_->node.authority(), target,
                            [self = shared_from_this()](const error_code& error) {
                              if (self->over_)
                                return self->stream_.next_layer().close();
                              if (error == websocket::error::upgrade_declined)
                                return self->end({}, "status " + std::to_string(self->answer_.result_int()));
                              if (error)
                                return self->end({}, error.message());
                              self->open_ = true;
                              self->to_.opened();
                              self->read();
                            });
  }

  void read() {
    if (over_ && !goodbye_)
      return;
    stream_.async_read(buffer_,
                       [self = shared_from_this()](const error_code& error, std::size_t) { self->heard(error); });
  }

  void heard(const error_code& error) {
    if (error == websocket::error::closed)
      return end(stream_.reason().code, {stream_.reason().reason.data(), stream_.reason().reason.size()});
    if (error)
      return end({}, error.message());
    if (!over_)
      to_.message({static_cast<const char*>(buffer_.data().data()), buffer_.size()}, stream_.got_binary());
    buffer_.consume(buffer_.size());
    if (over_ || in_->reader.is_open())
      read();
    else
      in_->reader.when_open([self = shared_from_this()] { self->read(); });
  }

  /// One at a time, then the goodbye.
  void write() {
    if (!open_ || writing_)
      return;
    if (waiting_.empty()) {
      if (!goodbye_ || std::exchange(closing_, true))
        return;
      return stream_.async_close(
          *goodbye_, [self = shared_from_this()](const error_code&) { self->stream_.next_layer().close(); });
    }
    writing_ = true;
    stream_.binary(waiting_.front().binary);
    stream_.async_write(boost::asio::buffer(waiting_.front().bytes),
                        [self = shared_from_this()](const error_code& error, std::size_t) {
                          self->writing_ = false;
                          self->bytes_ -= self->waiting_.front().bytes.size();
                          self->waiting_.pop_front();
                          if (!error)
                            self->write();
                        });
  }

  void end(std::optional<int> code, std::string why) {
    stream_.next_layer().close();
    if (std::exchange(over_, true))
      return;
    if (why.empty())
      why = code ? "closed with " + std::to_string(*code) : "the connection has ended";
    to_.closed(code, std::move(why));
  }

  const std::shared_ptr<const network_environment> in_;
  const socket_listener to_;
  websocket::stream<net_stream, false> stream_; // without compression
  websocket::response_type answer_;
  beast::flat_buffer buffer_;
  std::deque<frame> waiting_;
  std::size_t bytes_ = 0;
  std::optional<std::uint16_t> goodbye_;
  bool open_ = false, writing_ = false, closing_ = false, over_ = false;
};

/// The WebSocket lives as long as it waits for something, not as long as this.
class handle final : public socket {
 public:
  explicit handle(const std::shared_ptr<web_socket>& of) : of_(of) {}
  ~handle() override {
    if (const auto s = of_.lock())
      s->give_up();
  }

  void send(std::string bytes, bool binary) override {
    if (const auto s = of_.lock())
      s->send(std::move(bytes), binary);
  }
  std::size_t waiting() const override {
    const auto s = of_.lock();
    return s ? s->waiting() : 0;
  }
  void close(std::uint16_t code) override {
    if (const auto s = of_.lock())
      s->close(code);
  }

 private:
  const std::weak_ptr<web_socket> of_;
};

} // namespace

std::unique_ptr<socket> start_web_socket(std::shared_ptr<const network_environment> in, std::string target,
                                         std::string subprotocol, socket_listener to) {
  const auto s = std::make_shared<web_socket>(std::move(in), std::move(to));
  s->start(std::move(target), std::move(subprotocol));
  return std::make_unique<handle>(s);
}

} // namespace troupe::clients
