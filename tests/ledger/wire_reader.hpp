#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::ledger {

/// Reads what a server sends on one connection, in whatever pieces it comes. Without sockets.
class wire_reader {
 public:
  enum class kind : std::uint8_t { web_socket, events, answers };

  struct item {
    enum class what : std::uint8_t {
      refused, ///< an upgrade or a stream: not with that status
      ready,   ///< they stand
      message, ///< of a WebSocket or a stream
      ping,    ///< `bytes` go back
      closed,  ///< a close frame
      answer,  ///< to a poll or a post
    };
    what is = what::ready;
    unsigned status = 0;
    nlohmann::json body{};
    std::string bytes{};
  };

  explicit wire_reader(kind of) : kind_(of) {}

  /// What is whole now.
  std::vector<item> take(std::string_view bytes);

 private:
  bool take_head(std::vector<item>& into);
  bool take_answer(std::vector<item>& into);
  bool take_frame(std::vector<item>& into);
  bool take_event(std::vector<item>& into);

  const kind kind_;
  std::string held_;
  bool headed_ = false;
};

/// A WebSocket's frame as a client sends it.
[[nodiscard]] std::string text_frame(std::string_view text);
[[nodiscard]] std::string binary_frame(std::string_view bytes);
[[nodiscard]] std::string pong_frame(std::string_view bytes);
/// `code` 0: without one, as a page that goes to the background does.
[[nodiscard]] std::string close_frame(unsigned code);

} // namespace troupe::ledger
