#pragma once

#include "protocol/messages.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace troupe::protocol {

/// The forms there are: the one list of them. Each is a `wire_form_id`, and a function in its file in wire_forms/.
#define TROUPE_WIRE_FORMS(FORM) FORM(ws_json) FORM(ws_msgpack) FORM(sse_data) FORM(sse_envelope) FORM(poll) FORM(poll_envelope)

#define TROUPE_FORM_ID(name) name,
/// The order is that of the list.
enum class wire_form_id : std::uint8_t { TROUPE_WIRE_FORMS(TROUPE_FORM_ID) };
#undef TROUPE_FORM_ID

#define TROUPE_ONE_MORE(name) +1
inline constexpr std::size_t wire_form_count = 0 TROUPE_WIRE_FORMS(TROUPE_ONE_MORE);
#undef TROUPE_ONE_MORE

/// A wire form: one way to write what a channel says, complete with its framing, ready for the socket.
///
/// The bytes of a publication are the same for every reader of a form, so a shard writes them once and shares them.
/// Owner: static objects that live for the whole program. Thread: any; a form has no state.
/// Guarantee: what `publication` and `message` append is whole (one frame, one event, one array element) and can
/// be followed by the next; nothing in a payload, an event or a name can end it early.
/// To add one: its file in protocol/wire_forms/, its name in the list above, its sections in the golden files.
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
