#include <utility>

#include "clients/cpp/network/asio_network.hpp"
#include "clients/cpp/network/net_stream.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <charconv>

namespace troupe::clients {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using error_code = boost::system::error_code;

constexpr std::uint32_t head_bytes_max = 16 * 1024;

std::optional<milliseconds> retry_after(const http::response<http::string_body>& answer) {
  const auto text = answer[http::field::retry_after];
  unsigned seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size() || seconds > 24 * 60 * 60)
    return std::nullopt;
  return std::chrono::seconds{seconds};
}

/// One request and its answer. Owner: what it waits for.
class http_exchange : public std::enable_shared_from_this<http_exchange> {
 public:
  http_exchange(std::shared_ptr<const network_environment> in, http_request what, http_listener to)
      : in_(std::move(in)), to_(std::move(to)), waits_(what.waits_for_reader), stream_(in_->loop, in_->tls) {
    request_.method_string(what.method);
    request_.target(in_->node.path + what.target);
    request_.set(http::field::host, in_->node.authority());
    request_.set(http::field::user_agent, "troupe-cpp");
    request_.set(http::field::accept, what.accept);
    for (const auto& [name, value] : in_->headers)
      request_.set(name, value);
    if (!what.body.empty())
      request_.set(http::field::content_type, "application/json");
    request_.body() = std::move(what.body);
    request_.keep_alive(false);
    request_.prepare_payload();
    parser_.header_limit(head_bytes_max);
    parser_.eager(true);
    if (what.is_stream)
      parser_.body_limit(boost::none);
    else
      parser_.body_limit(in_->message_bytes_max);
  }

  void start() {
    stream_.dial(in_->node, [self = shared_from_this()](std::string why) {
      if (!why.empty())
        return self->fail(std::move(why));
      http::async_write(self->stream_, self->request_, [self](const error_code& error, std::size_t) {
        error ? self->fail(error.message()) : self->read_head();
      });
    });
  }

  void give_up() {
    over_ = true;
    stream_.close();
  }

 private:
  void read_head() {
    if (over_)
      return;
    http::async_read_header(stream_, buffer_, parser_,
                            [self = shared_from_this()](const error_code& error, std::size_t) {
                              if (error)
                                return self->fail(error.message());
                              if (self->over_)
                                return;
                              self->to_.head({self->parser_.get().result_int(), retry_after(self->parser_.get())});
                              self->hand_on();
                            });
  }

  /// What has come of the body; then the rest.
  void hand_on() {
    if (auto piece = std::exchange(parser_.get().body(), {}); !piece.empty() && !over_)
      to_.body(piece);
    if (over_)
      return;
    if (parser_.is_done()) {
      give_up();
      return to_.end();
    }
    if (!waits_ || in_->reader.is_open())
      read_more();
    else
      in_->reader.when_open([self = shared_from_this()] { self->read_more(); });
  }

  void read_more() {
    if (over_)
      return;
    http::async_read_some(stream_, buffer_, parser_, [self = shared_from_this()](const error_code& error, std::size_t) {
      error ? self->fail(error.message()) : self->hand_on();
    });
  }

  void fail(std::string why) {
    if (over_)
      return;
    give_up();
    to_.failed(std::move(why));
  }

  const std::shared_ptr<const network_environment> in_;
  const http_listener to_;
  const bool waits_;
  net_stream stream_;
  http::request<http::string_body> request_;
  beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
  bool over_ = false;
};

/// The exchange lives as long as it waits for something, not as long as this.
class handle final : public http_call {
 public:
  explicit handle(const std::shared_ptr<http_exchange>& of) : of_(of) {}
  ~handle() override {
    if (const auto exchange = of_.lock())
      exchange->give_up();
  }

 private:
  const std::weak_ptr<http_exchange> of_;
};

} // namespace

std::unique_ptr<http_call> start_http(std::shared_ptr<const network_environment> in, http_request what,
                                      http_listener to) {
  const auto exchange = std::make_shared<http_exchange>(std::move(in), std::move(what), std::move(to));
  exchange->start();
  return std::make_unique<handle>(exchange);
}

} // namespace troupe::clients
