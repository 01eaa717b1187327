#include "clients/cpp/transports/calls_into.hpp"
#include "clients/cpp/transports/event_stream_parser.hpp"
#include "clients/cpp/transports/http_commands.hpp"
#include "clients/cpp/transports/query.hpp"

#include <algorithm>
#include <utility>

namespace troupe::clients {

namespace {

constexpr milliseconds comment_period{15'000}; // the node says something at least so often
constexpr milliseconds grace{5'000};
constexpr std::size_t refusal_max = 64 * 1024;

class sse_connection final : public connection, public std::enable_shared_from_this<sse_connection> {
 public:
  sse_connection(const transport_environment& around, opening what, sink to)
      : what_(std::move(what)), sink_(std::move(to)), events_(around.limits.message_bytes) {}

  void open(const transport_environment& around) {
    const calls_into<sse_connection> with_us{weak_from_this()};
    commands_ = std::make_shared<http_commands>(
        around, sink{{},
                     with_us([](auto& self, node_message answer) { self.sink_.answer(std::move(answer)); }),
                     {},
                     with_us([](auto& self, ending how) { self.ended(std::move(how)); })});
    http_request ask;
    ask.target = address_of("events", what_);
    ask.accept = "text/event-stream";
    ask.is_stream = true;
    call_ = around.net.request(std::move(ask),
                               {with_us([](auto& self, http_head head) { self.head_ = head; }),
                                with_us([](auto& self, std::string_view bytes) { self.take(bytes); }),
                                with_us([](auto& self) { self.over(); }),
                                with_us([](auto& self, std::string why) { self.ended({std::move(why)}); })});
  }

  [[nodiscard]] bool is_closed() const noexcept { return closed_; }
  void send(const command& what) override { commands_->send(token_, what); }
  [[nodiscard]] std::size_t waiting() const override { return commands_->waiting(); }

  void close(bool) override {
    closed_ = true;
    commands_->close();
    call_.reset();
  }

 private:
  void take(std::string_view bytes) {
    if (head_.status != 200) {
      refusal_ += bytes.substr(0, refusal_max - std::min(refusal_max, refusal_.size()));
      return;
    }
    sink_.alive();
    const bool fits = events_.take(bytes, [this](const std::string& data) {
      heard(data);
      return !closed_;
    });
    if (!fits)
      ended({"a message is too long"});
  }

  void heard(const std::string& data) {
    auto message = decode(codec::json, data);
    if (!message || message->type.empty())
      return ended({"the node says what is no troupe.v1: " + (message ? "no type" : message.error())});
    if (message->type != "connected" || !token_.empty())
      return sink_.message(std::move(*message));
    message->type = "welcome";
    token_ = message->text("token");
    sink_.message(*message);
    if (what_.resume && !closed_)
      sink_.answer(resumption_answer(*what_.resume, *message));
  }

  void over() { ended(head_.status == 200 ? ending{"the stream has ended"} : refusal(refusal_, head_)); }

  void ended(ending how) {
    close(false);
    sink_.closed(std::move(how));
  }

  const opening what_;
  const sink sink_;
  std::shared_ptr<http_commands> commands_;
  std::unique_ptr<http_call> call_;
  event_stream_parser events_;
  http_head head_;
  std::string token_, refusal_;
  bool closed_ = false;
};

class sse final : public transport {
 public:
  explicit sse(const transport_environment& around) : around_(around) {}

  client_transport kind() const noexcept override { return client_transport::sse; }
  pulse pulse_of(std::optional<milliseconds>) const override { return {comment_period + grace, false}; }

  std::shared_ptr<connection> open(opening what, sink to) override {
    auto c = std::make_shared<sse_connection>(around_, std::move(what), std::move(to));
    c->open(around_);
    return c;
  }

 private:
  const transport_environment around_;
};

} // namespace

std::unique_ptr<transport> make_sse(const transport_environment& around) { return std::make_unique<sse>(around); }

} // namespace troupe::clients
