#pragma once
/// What a run is asked to do.

#include <cstddef>
#include <string>
#include <variant>

namespace troupe::bench {

enum class transport { websocket, sse, poll };

struct options {
  transport kind = transport::websocket;
  std::string host = "127.0.0.1";
  int port = 8080;
  std::string channel = "open:bench";
  std::size_t channels = 1;  ///< WebSocket only; more: `channel` with a number, subscribers and publishers spread over them
  std::size_t subscribers = 1000;
  std::size_t publishers = 1;
  double rate = 0;           ///< publications per second, together
  std::size_t burst = 1;     ///< of the rate: as many at once
  std::size_t in_flight = 0; ///< or: published and not yet delivered to all; both 0: connections idle
  std::size_t bytes = 128;   ///< of a publication's data, as JSON
  double seconds = 5;
  double drop_after = 0;    ///< seconds of publishing until all but `stay` subscribers drop; 0: they do not. WebSocket only
  double return_within = 5; ///< seconds until each has come back
  std::size_t stay = 0;
  double idle = 1;     ///< seconds between the last connect and the first publication
  double patience = 60; ///< seconds for each of: all connect, all hear a first publication
  std::size_t opening = 128; ///< connects under way at once
  std::size_t sources = 0;   ///< loopback addresses to connect from; 0: as many as the ports need
  int server_pid = 0;
  std::string json; ///< a file; `-`: standard output

  [[nodiscard]] bool publishes() const noexcept { return rate > 0 || in_flight > 0; }
};

[[nodiscard]] const char* name_of(transport kind) noexcept;

/// The options, or the exit status if there is nothing to run (what to say is said).
[[nodiscard]] std::variant<options, int> parse_options(int argc, char** argv);

} // namespace troupe::bench
