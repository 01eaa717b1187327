#pragma once
/// The vocabulary of troupe.v1 as values: what clients ask (`command`) and what a node says (`server_message`).
/// No encoding here; decoders make commands, wire forms write server messages and publications.

#include "protocol/error_code.hpp"

#include <troupe/payload.hpp>
#include <troupe/publication.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace troupe::protocol {

/// A client's `id`: none, an integer, or a string of at most 64 bytes. Comes back in the answer as it was given.
using request_id = std::variant<std::monostate, std::int64_t, std::string>;

[[nodiscard]] inline bool has_id(const request_id& id) noexcept { return id.index() != 0; }

// -- client to server ---------------------------------------------------------

/// Joins a channel; with `since`, from a position on.
struct subscribe {
  std::string channel;
  payload params;
  std::optional<position> since;
  bool presence = false;
};

/// Leaves it.
struct unsubscribe {
  std::string channel;
};

/// Says something to all of a channel.
struct publish {
  std::string channel;
  std::string event; ///< empty: none
  payload data;
  std::string key;   ///< idempotency key, empty: none
  bool echo = true;
  bool ephemeral = false;
};

/// Asks the channel's own code, and gets one answer.
struct call {
  std::string channel;
  std::string event;
  payload data;
  std::optional<std::int64_t> timeout; ///< ms
  std::string key{};                   ///< idempotency key, empty: none
};

/// Answers a channel's question.
struct answer {
  std::uint64_t ask = 0;
  payload data;
};

/// Asks for what was published: after `since`, or the last before `before`.
struct history {
  std::string channel;
  std::optional<position> since;
  std::optional<offset_t> before;
  std::optional<std::uint32_t> limit;
  std::optional<std::uint64_t> overheard{}; ///< the API: also what is ephemeral, after the first so many; no client says it
};

/// Asks who is there.
struct presence {
  std::string channel;
  std::optional<std::string> since; ///< page: the session after which to go on
  std::optional<std::uint32_t> limit;
};

/// Shows new credentials.
struct authenticate {
  std::string token;
};

/// Wants an earlier session back: what follows the message numbered `received`.
struct resume {
  std::string token;
  std::uint64_t received = 0; ///< messages after `welcome`, but `welcome` and `resumed`; as the client counted them
  std::map<std::string, position> positions{}; ///< in each channel, as the client saw them: where the node cannot tell
  std::uint64_t attempt = 0; ///< which of the client's to come back, as it counts them; 0: it does not say
};

/// Says how many messages have arrived.
struct ack {
  std::uint64_t received = 0;
};

/// Asks for a reply, nothing else.
struct ping {};

/// Any JSON value that is not an object with `action`: a publication to the default channel on connections
/// without subprotocol, `bad_message` elsewhere. The session decides.
struct bare {
  payload data;
};

using command_body = std::variant<subscribe, unsubscribe, publish, call, answer, history, presence, authenticate,
                                  resume, ack, ping, bare>;

/// One command of a client, decoded.
struct command {
  request_id id;
  command_body body;
};

/// A message that is no command: which rule it broke, and its id where that could be read.
struct decode_failure {
  request_id id;
  failure why;
};

// -- server to client ---------------------------------------------------------

/// What who comes back to its session should know.
struct continuation {
  bool private_kept = true; ///< false: some of what was said to this client alone is gone
  std::uint64_t heard = 0;  ///< messages of the client that the node has taken over WebSockets of this session
};

/// An earlier session goes on: what the client has not received follows, then what is new.
struct resumed {
  request_id id;
  session_id session;
  std::string token;          ///< secret; never logged
  continuation how{};
};

/// The first message of every connection.
struct welcome {
  session_id session;
  std::string token; ///< secret; never logged
  std::string node;
  std::int64_t timestamp = 0;
  std::int64_t heartbeat = 0; ///< ms
  std::int64_t resume = 0;    ///< ms
  std::optional<continuation> goes_on{}; ///< of streams, which have no other place to say so
};

/// A join, granted: broadcasts follow from `at` on.
struct subscribed {
  request_id id;
  std::string channel;
  position at;
  std::optional<bool> recovered; ///< only if `since` was given
  payload data;
};

/// Something for one client, said by a channel.
struct push {
  std::string channel;
  std::string event;
  payload data;
  std::int64_t timestamp = 0;
};

/// The answer to a command.
struct reply {
  request_id id;
  payload data;
};

/// A refusal: of the command with this id, or of something that had none.
struct error {
  request_id id;
  failure why;
  std::string channel; ///< empty: not about one channel
};

/// Publications are gone that this client will not get.
struct gap {
  std::string channel;
  position at;                         ///< the new position
  std::optional<std::uint64_t> missed; ///< none: not known
};

/// A membership is over.
struct unsubscribed {
  request_id id;
  std::string channel;
  std::string reason;
};

/// Who is in a channel, as members see it.
struct member_info {
  session_id session;
  std::string user; ///< empty: anonymous
  payload data;
  bool away = false; ///< its connection is lost, and it may come back
};

/// What one learns of who is in a channel: who came and went since the last of these, everybody, or how many.
struct presence_change {
  enum class kind : std::uint8_t {
    changes,
    everybody, ///< whatever was known before: `joined` are all who are there
    number,    ///< too many to name: `count`, and no lists
  };
  struct turn { ///< a session whose client lost its connection, or is back
    session_id who;
    bool away = false;
  };
  struct user_turn { ///< a user whose first session came, or whose last went
    std::string user;
    bool here = false;
  };

  std::string channel;
  std::vector<member_info> joined;
  std::vector<member_info> left; ///< before the others joined
  std::vector<turn> turned{};
  std::vector<user_turn> users{};
  std::uint64_t count = 0; ///< who are in now
  kind is = kind::changes;
  bool listed = false; ///< a list has told of some of it already: not for the wire
};

/// A channel's question to one member.
struct ask {
  std::uint64_t ask = 0;
  std::string channel;
  std::string event;
  payload data;
  std::int64_t deadline = 0; ///< ms
};

/// The connection ends soon, and why.
struct closing {
  std::string reason;
  std::int64_t retry_after = 0; ///< ms
  close_code code = close_code::none; ///< stay away, as after this code on a WebSocket; none: come back after `retry_after`
};

using server_message = std::variant<welcome, subscribed, push, reply, error, gap, unsubscribed, presence_change, ask,
                                    resumed, closing>;

} // namespace troupe::protocol
