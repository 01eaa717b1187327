#include "clients/cpp/transports/calls_into.hpp"
#include "clients/cpp/transports/http_commands.hpp"
#include "clients/cpp/transports/query.hpp"

#include <utility>

namespace troupe::clients {

namespace {

using nlohmann::json;

constexpr milliseconds hold{30'000}; // the node answers at least so often
constexpr milliseconds grace{5'000};

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// A poll at a time. Its answer is one ordered list of what a WebSocket would say; the cursor in it says with the next
/// poll that it was had.
class poll_connection final : public connection, public std::enable_shared_from_this<poll_connection> {
 public:
  poll_connection(const transport_environment& around, opening what, sink to)
      : around_(around), what_(std::move(what)), sink_(std::move(to)) {}

  void open() {
    const calls_into<poll_connection> with_us{weak_from_this()};
    commands_ = std::make_shared<http_commands>(
        around_, sink{{},
                      with_us([](auto& self, node_message answer) { self.sink_.answer(std::move(answer)); }),
                      {},
                      with_us([](auto& self, ending how) { self.ended(std::move(how)); })});
    ask(address_of("poll", what_));
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
  void ask(std::string target) {
    http_request what;
    what.target = std::move(target);
    body_.clear();
    const calls_into<poll_connection> with_us{weak_from_this()};
    call_ = around_.net.request(std::move(what),
                                {with_us([](auto& self, http_head head) { self.head_ = head; }),
                                 with_us([](auto& self, std::string_view bytes) { self.take(bytes); }),
                                 with_us([](auto& self) { self.answered(); }),
                                 with_us([](auto& self, std::string why) { self.ended({std::move(why)}); })});
  }

  void take(std::string_view bytes) {
    sink_.alive();
    body_ += bytes;
    if (body_.size() > around_.limits.message_bytes)
      ended({"an answer is too long"});
  }

  void answered() {
    if (head_.status != 200)
      return ended(refusal(body_, head_));
    const auto answer = json::parse(body_, nullptr, false);
    const auto token = answer.is_object() ? text_of(answer, "token") : std::string{};
    if (token.empty())
      return ended({"the node's answer is no poll's"});
    if (token_.empty())
      welcome(answer);
    else if (token != token_)
      return leave(token, answer);
    tell(answer);
    if (closed_)
      return;
    query next{"poll"};
    next.add("format", "envelope").add("channel", "").add("cursor", text_of(answer, "cursor"));
    ask(next.text());
  }

  /// The node has made a new session of an old cursor; we make our own, as on the other transports.
  void leave(const std::string& token, const json& answer) {
    if (const auto in = answer.find("positions"); in != answer.end() && in->is_object())
      for (const auto& [channel, at] : in->items())
        commands_->send(token, {"unsubscribe", channel});
    ended({"the session has gone"});
  }

  void welcome(const json& answer) {
    node_message first{"welcome"};
    token_ = text_of(answer, "token");
    for (const char* key : {"token", "session", "private"})
      if (const auto found = answer.find(key); found != answer.end())
        first.more[key] = *found;
    sink_.message(first);
    if (what_.resume && !closed_)
      sink_.answer(resumption_answer(*what_.resume, first));
  }

  void tell(const json& answer) {
    const auto found = answer.find("messages");
    if (found == answer.end() || !found->is_array())
      return;
    for (const auto& message : *found)
      if (!closed_ && message.is_object())
        sink_.message(read_message(message));
  }

  void ended(ending how) {
    close(false);
    sink_.closed(std::move(how));
  }

  const transport_environment around_;
  const opening what_;
  const sink sink_;
  std::shared_ptr<http_commands> commands_;
  std::unique_ptr<http_call> call_;
  http_head head_;
  std::string token_, body_;
  bool closed_ = false;
};

class poll final : public transport {
 public:
  explicit poll(const transport_environment& around) : around_(around) {}

  client_transport kind() const noexcept override { return client_transport::poll; }
  pulse pulse_of(std::optional<milliseconds>) const override { return {hold + grace, false}; }

  std::shared_ptr<connection> open(opening what, sink to) override {
    auto c = std::make_shared<poll_connection>(around_, std::move(what), std::move(to));
    c->open();
    return c;
  }

 private:
  const transport_environment around_;
};

} // namespace

std::unique_ptr<transport> make_poll(const transport_environment& around) { return std::make_unique<poll>(around); }

} // namespace troupe::clients
