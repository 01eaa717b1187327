#include "protocol/wire_forms/envelope_text.hpp"
#include "protocol/wire_forms/event_stream.hpp"
#include "protocol/wire_forms/forms.hpp"

namespace troupe::protocol {

namespace {

/// Server-Sent Events of several channels: an event's data is the envelope. Ids are the session's: its position in
/// all channels, written before these bytes.
class sse_envelope_form final : public wire_form {
 public:
  wire_form_id id() const noexcept override { return wire_form_id::sse_envelope; }
  std::string_view name() const noexcept override { return "sse_envelope"; }

  void publication(std::string& out, std::string_view channel, std::string_view,
                   const troupe::publication& p) const override {
    append_stream_data(out, [&](std::string& text) { append_json_broadcast(text, channel, p); });
  }

  void message(std::string& out, const server_message& any) const override {
    if (const auto* leaving = std::get_if<closing>(&any))
      append_stream_return(out, *leaving);
    append_stream_data(out, [&](std::string& text) {
      if (const auto* greeting = std::get_if<welcome>(&any))
        append_json_connected(text, *greeting);
      else
        append_json_message(text, any);
    });
  }
};

} // namespace

const wire_form& sse_envelope() noexcept {
  static const sse_envelope_form form;
  return form;
}

} // namespace troupe::protocol
