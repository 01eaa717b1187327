#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace troupe {

/// Why something was refused, as applications say it and clients read it: the name is what goes over the wire.
enum class error_code : std::uint8_t {
  bad_message,        ///< not JSON or msgpack, a key missing or of the wrong type; the message names it
  unknown_action,     ///< `action` is none of ours
  unknown_event,      ///< the channel has no handler for the event of a call
  bad_channel,        ///< not a channel name, or no namespace has it
  not_joined,         ///< subscribe first
  already_subscribed, ///< subscribed before, or being subscribed
  refused,            ///< the channel, or its namespace, said no
  unauthorised,       ///< credentials missing or wrong
  expired,            ///< credentials or session no longer valid
  too_large,          ///< over the message limit
  limit,              ///< another limit of this client or node; the message names it
  busy,               ///< too many commands wait for this channel: try again
  timeout,            ///< no answer within the deadline
  unavailable,        ///< the channel or node cannot serve now: try again
  not_found,          ///< nothing of that name
  internal,           ///< a handler failed; the channel goes on
};

/// An error as a value: `message` says which rule was broken, in words for the client's author.
struct failure {
  error_code code = error_code::internal;
  std::string message;

  /// The pause before another try that makes sense, where it is known; 0: the usual one of the code. Clients read it as
  /// `retry_after`, with `busy`, `limit` and `unavailable` always, with other codes only if it is given here.
  std::chrono::milliseconds retry_after{0};
};

} // namespace troupe
