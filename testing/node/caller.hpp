#pragma once

#include "testing/answer_state.hpp"
#include "testing/node/line.hpp"

#include <troupe/testing/node_client.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>

namespace troupe::testing {

/// One client of a virtual node, as docs/protocol.md tells clients to be: it counts what it has received, and goes on with its
/// session over another connection.
///
///     away --go--> coming --welcome, connected--> in --drop--> away
///                    `---welcome, with a session---> asking --resumed, error--> in
///
/// Owner: a node_bench. Thread: the test's.
class caller {
 public:
  caller(actors::testing::virtual_node& node, connect_details how, std::uint32_t lands_on);

  // -- its connection ---------------------------------------------------------

  /// Connects anew, to go on with its session if it has one.
  void go(wire over);
  void drop();
  void close();
  [[nodiscard]] actors::testing::line* line() noexcept { return line_.get(); }
  [[nodiscard]] const actors::testing::line* line() const noexcept { return line_.get(); }
  [[nodiscard]] bool connected() const { return line_ && line_->open() && phase_ == phase::in; }
  /// Its last connection goes on with the session it had.
  [[nodiscard]] bool went_on() const noexcept { return went_on_; }

  // -- saying -----------------------------------------------------------------

  /// A command, with what it is called in words. Throws unmet without a connection.
  answer ask(nlohmann::json command, const std::string& called);
  void say_unasked(nlohmann::json command);
  [[nodiscard]] bool has_bytes() const { return line_ && line_->over() == wire::websocket_msgpack; }

  // -- hearing ----------------------------------------------------------------

  /// Reads all that has arrived; whether there was anything.
  bool read();
  [[nodiscard]] const std::vector<heard_message>& heard() const noexcept { return heard_; }
  [[nodiscard]] std::string news();
  std::optional<std::uint64_t> next_ask();

  [[nodiscard]] const std::string& session() const noexcept { return session_; }
  [[nodiscard]] unsigned refused() const { return line_ ? line_->refused() : 0; }
  [[nodiscard]] unsigned close_code() const { return line_ ? line_->close_code() : 0; }
  [[nodiscard]] wire over() const noexcept { return over_; }

 private:
  enum class phase : std::uint8_t { away, coming, asking, in };

  [[nodiscard]] std::string target() const;
  void hear(const nlohmann::json& m, bool posted);
  void hear_first(const nlohmann::json& m);
  void hear_whether_resumed(const nlohmann::json& m);
  void adopt(const nlohmann::json& hello);
  void take(const nlohmann::json& m);
  void need_connection(const std::string& called) const;

  actors::testing::virtual_node& node_;
  const connect_details how_;
  const std::uint32_t lands_on_;
  std::unique_ptr<actors::testing::line> line_;
  wire over_;
  phase phase_ = phase::away;
  bool went_on_ = false;
  std::string token_, session_;
  nlohmann::json welcome_;
  std::uint64_t received_ = 0, attempts_ = 0;
  std::int64_t last_id_ = 0;
  std::map<std::int64_t, std::shared_ptr<answer_state>> open_;
  std::vector<heard_message> heard_;
  std::size_t read_ = 0, asks_looked_at_ = 0;
};

} // namespace troupe::testing
