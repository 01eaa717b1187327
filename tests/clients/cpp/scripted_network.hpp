#pragma once
/// A network that the test answers: each request and each WebSocket waits until it is told what comes.

#include "clients/cpp/transports/transports.hpp"
#include "tests/clients/cpp/scripted.hpp"

namespace troupe::clients::test {

/// One request, or WebSocket, with the test at its other end.
struct scripted_call {
  http_request request{};
  http_listener http{};
  std::string target{}, subprotocol{};
  socket_listener ws{};
  std::vector<std::pair<std::string, bool>> sent{};
  std::optional<std::uint16_t> closed_with{};
  bool given_up = false;

  [[nodiscard]] json body() const { return json::parse(request.body); }
  [[nodiscard]] std::string path() const { return request.target.substr(0, request.target.find('?')); }

  // -- as the node ------------------------------------------------------------

  void answer(const json& body, unsigned status = 200, std::optional<milliseconds> retry_after = {});
  void head(unsigned status = 200) { http.head({status}); }
  void write(std::string_view bytes);
  void end();
  void fail(const std::string& why = "no network");
};

class scripted_network final : public network {
 public:
  std::unique_ptr<http_call> request(http_request what, http_listener to) override;
  std::unique_ptr<socket> open(std::string target, std::string subprotocol, socket_listener to) override;

  [[nodiscard]] std::shared_ptr<scripted_call> last(const std::string& path) const;
  [[nodiscard]] std::vector<std::shared_ptr<scripted_call>> all(const std::string& path) const;

  /// Nobody listens any more: a command keeps whoever waits for its answer.
  void go_away();

  std::vector<std::shared_ptr<scripted_call>> calls;
};

/// A transport with a scripted network on one side, and notes on the other.
class opened {
 public:
  explicit opened(client_transport kind, opening what = {}, codec c = codec::json);
  ~opened() { net.go_away(); }
  opened(const opened&) = delete;
  opened& operator=(const opened&) = delete;

  [[nodiscard]] words types() const; ///< of what was heard, `type` or the error's code

  scripted_network net;
  stepped_clock clock;
  client_limits limits;
  client_times times;
  std::vector<node_message> heard, answers;
  std::vector<ending> ends;
  std::size_t alive = 0;
  std::unique_ptr<transport> way;
  std::shared_ptr<connection> line;

  /// A further connection by the same transport.
  std::shared_ptr<connection> open(opening what);
};

} // namespace troupe::clients::test
