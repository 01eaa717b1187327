#pragma once

#include "protocol/messages.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace troupe::protocol {

/// The forms there are; the order is that of `wire_forms()`.
enum class wire_form_id : std::uint8_t { ws_json, ws_msgpack, sse_data, sse_envelope, poll };

inline constexpr std::size_t wire_form_count = 5;

/// A wire form: one way to write what a channel says, complete with its framing, ready for the socket.
///
/// The bytes of a publication are the same for every reader of a form, so a shard writes them once and shares them.
/// Owner: static objects that live for the whole program. Thread: any; a form has no state.
/// Guarantee: what `publication` and `message` append is whole (one frame, one event, one array element) and can
/// be followed by the next; nothing in a payload, an event or a name can end it early.
/// To add one: its file in protocol/wire_forms/, one line in wire_form.cpp, one line in the golden test.
class wire_form {
 public:
  virtual ~wire_form() = default;

  [[nodiscard]] virtual wire_form_id id() const noexcept = 0;
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;

  /// Appends `p` of `channel` as every subscriber reads it. `epoch` is the channel's.
  virtual void publication(std::string& out, std::string_view channel, std::string_view epoch,
                           const troupe::publication& p) const = 0;

  /// Appends a message to one client. A form in which a message has no place appends nothing
  /// (`sse_data` has no `reply`: its answer is the body of the request that asked).
  virtual void message(std::string& out, const server_message& m) const = 0;

 protected:
  wire_form() = default;
};

[[nodiscard]] const wire_form& get(wire_form_id id) noexcept;

/// All forms, in the order of their ids.
[[nodiscard]] std::span<const wire_form* const> wire_forms() noexcept;

/// The JSON object of a server message without framing: bodies of HTTP answers, logs, tests.
[[nodiscard]] std::string to_json(const server_message& m);

} // namespace troupe::protocol
