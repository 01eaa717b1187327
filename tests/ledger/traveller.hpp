#pragma once
/// A client without sockets that speaks the raw protocol and writes its own record: it says what to ask for and what to
/// send, and is told what came. It changes its way at each return, and does not lose its way.
///
/// Owner: whoever moves its bytes. Thread: that one's. Nothing of a client library is in it.

#include "tests/ledger/record.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace troupe::ledger {

using nlohmann::json;

enum class way : std::uint8_t { ws_json, ws_msgpack, sse, poll };
inline constexpr std::array all_ways{way::ws_json, way::ws_msgpack, way::sse, way::poll};

[[nodiscard]] std::string_view to_string(way over) noexcept;
[[nodiscard]] constexpr bool is_web_socket(way over) noexcept { return over == way::ws_json || over == way::ws_msgpack; }

class traveller {
 public:
  /// Wants to be in `channels`; commands go to those called `told:…`.
  traveller(std::string name, std::vector<std::string> channels);

  // -- moving -----------------------------------------------------------------

  /// Who is not in a channel that it wants to be in, and has not asked, can enter it only over a WebSocket: the answer to what is
  /// posted is not ordered with what a stream or poll tells.
  [[nodiscard]] bool may_take(way over) const;

  /// Lets go of the connection it had, and says what to GET. `expected`: of the session it has, if it has one.
  std::string set_out(way over, seen::chance expected);

  /// After an answer of a poll: what to GET next.
  [[nodiscard]] std::string next_poll() const;

  [[nodiscard]] way over() const noexcept { return over_; }
  /// The session is the client's, and what it has is said.
  [[nodiscard]] bool attached() const noexcept { return phase_ == phase::in; }
  /// Attached, and in every channel that it wants to be in.
  [[nodiscard]] bool settled() const;
  /// It cannot mend that on the way it is on: it must come back over a WebSocket.
  [[nodiscard]] bool stranded() const;

  // -- hearing ----------------------------------------------------------------

  /// A frame of a WebSocket, or an event of a stream.
  void hear(const json& m);
  /// The answer to a poll.
  void hear_poll(const json& answer);
  /// The response to what it posted.
  void hear_posted(std::uint64_t id, const json& body);
  /// There was none: it is posted again.
  void not_posted(std::uint64_t id);
  /// The connection before this one still stands.
  void note_doubled() { note(seen::doubled{}); }

  // -- saying -----------------------------------------------------------------

  /// Calls `what` of a channel, by a command with a key, or without, which only a WebSocket can carry safely.
  void call(const std::string& channel, const std::string& what, bool keyed);
  /// Says something to all but itself.
  void publish(const std::string& channel, bool keyed);
  void ping();
  /// Something that is answered with an error without id.
  void misspeak();
  void leave(const std::string& channel);
  void enter(const std::string& channel);

  /// What to send over the WebSocket, in order.
  std::vector<json> take_said();
  /// What to POST to /send, each by its id; at most `most`.
  std::vector<std::pair<std::uint64_t, json>> take_posts(std::size_t most = 8);

  // -- knowing ----------------------------------------------------------------

  /// Commands that are still to be answered; not those whose answer may be lost, as it was told.
  [[nodiscard]] std::size_t unanswered() const noexcept;
  /// What it waits for, in words.
  [[nodiscard]] std::string state() const;
  [[nodiscard]] const std::string& session() const noexcept { return session_; }
  [[nodiscard]] bool stands_in(const std::string& channel) const;
  [[nodiscard]] std::optional<place> position(const std::string& channel) const;
  [[nodiscard]] const std::vector<std::string>& channels() const noexcept { return names_; }
  [[nodiscard]] const record& written() const noexcept { return record_; }

 private:
  enum class phase : std::uint8_t { away, coming, asking, in };

  struct membership {
    bool wanted = true, in = false, asked = false;
    std::optional<place> at{};
  };

  struct command {
    json what{};
    bool keyed = false, speaks = false, answered = false, unsure = false;
    bool posted = false;    ///< a response is awaited
    std::uint64_t said = 0; ///< its number among the messages of the WebSocket; 0: it was not sent there
  };

  void note(event what) { record_.events.push_back(std::move(what)); }
  void hear_first(const json& m);
  void adopt(const std::string& token, const std::string& session, std::string why = {});
  void go_on(const std::string& session, bool kept);
  void resend(std::uint64_t heard, bool kept);
  void take_back(const json& what);
  /// Some commands with a key are sent again though they were heard: that must change nothing.
  [[nodiscard]] static bool is_eager(std::uint64_t id, const command& one) { return one.keyed && id % 2 == 0; }
  void take(const json& m);
  void take_subscribed(const json& m);
  void take_answer(const json& m, bool in_band);
  void take_unsubscribed(const json& m);
  void say(json what);
  void start(json what, bool keyed, bool speaks);
  void ask_for(std::uint64_t id);
  [[nodiscard]] std::string key_of(std::uint64_t id) const;
  void subscribe(const std::string& channel);
  void enter_all();
  [[nodiscard]] std::string address_of_channels() const;
  [[nodiscard]] std::string positions_in_address() const;
  [[nodiscard]] bool is_outside() const;

  const std::vector<std::string> names_;
  record record_;
  way over_ = way::ws_json;
  phase phase_ = phase::away;
  seen::chance expected_ = seen::chance::none;
  std::string token_, session_, cursor_;
  json welcome_;
  std::uint64_t attempts_ = 0; // to come, or to come back
  std::uint64_t received_ = 0; // as the protocol counts
  std::uint64_t said_ = 0;     // over WebSockets of this session
  std::deque<std::pair<std::uint64_t, json>> kept_; // of those, what the node may not have heard
  std::vector<json> saying_;
  std::map<std::string, membership> channels_;
  std::map<std::uint64_t, command> commands_; // of this session
  std::uint64_t next_id_ = 1;
};

} // namespace troupe::ledger
