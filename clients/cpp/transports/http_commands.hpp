#pragma once
/// Sends commands of an event stream's or poll's session, by POST /send; the answers go to the sink. One at a time for
/// each channel, since requests side by side may overtake each other. A command whose answer did not arrive ends the
/// connection: what became of it is not known.
///
/// Owner: the connection, and each command until it is answered: goodbyes outlive the connection.

#include "clients/cpp/transports/transports.hpp"

#include <deque>

namespace troupe::clients {

class http_commands : public std::enable_shared_from_this<http_commands> {
 public:
  http_commands(const transport_environment& around, sink to) : around_(around), sink_(std::move(to)) {}

  void send(const std::string& token, command what);

  /// Bytes that wait to be answered.
  [[nodiscard]] std::size_t waiting() const noexcept { return bytes_; }

  /// Nothing is told any more; what is no goodbye is given up.
  void close();

 private:
  struct post {
    std::string body;
    milliseconds timeout{0};
    bool is_goodbye = false;
  };
  struct lane {
    std::deque<post> waiting{};
    std::unique_ptr<http_call> running{};
    timer_ptr deadline{};
    std::string answer{};
    http_head head{};
  };

  void next(const std::string& name);
  [[nodiscard]] http_listener listener_for(const std::string& name);
  void answered(std::string name);
  void failed(std::string why);
  void tell(const std::string& body, const http_head& head);

  const transport_environment around_;
  sink sink_;
  std::map<std::string, lane> lanes_; // by channel, or action
  std::size_t bytes_ = 0;
  bool closed_ = false;
};

/// What an answer to a request says of who was refused, and why.
[[nodiscard]] ending refusal(const std::string& body, const http_head& head);

/// A stream or poll says by its token which session it is; the answer to `resume` follows from that.
[[nodiscard]] node_message resumption_answer(const resumption& asked, const node_message& welcome);

} // namespace troupe::clients
