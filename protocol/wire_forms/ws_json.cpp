#include "protocol/wire_forms/envelope_text.hpp"
#include "protocol/wire_forms/forms.hpp"
#include "protocol/wire_forms/frame.hpp"

namespace troupe::protocol {

namespace {

/// Bytes of a broadcast besides its names and payload, roughly.
constexpr std::size_t envelope_bytes = 85;
constexpr std::size_t message_bytes = 100;

/// WebSocket, subprotocol `troupe.v1.json` (and none): one text frame per envelope.
class ws_json_form final : public wire_form {
 public:
  wire_form_id id() const noexcept override { return wire_form_id::ws_json; }
  std::string_view name() const noexcept override { return "ws_json"; }

  void publication(std::string& out, std::string_view channel, std::string_view,
                   const troupe::publication& p) const override {
    const auto expected = envelope_bytes + channel.size() + p.event.size() + p.data.raw().size();
    append_frame(out, opcode::text, expected, [&](std::string& body) { append_json_broadcast(body, channel, p); });
  }

  void message(std::string& out, const server_message& m) const override {
    append_frame(out, opcode::text, message_bytes, [&](std::string& body) { append_json_message(body, m); });
  }
};

} // namespace

const wire_form& ws_json() noexcept {
  static const ws_json_form form;
  return form;
}

} // namespace troupe::protocol
