#include "protocol/wire_forms/envelope_text.hpp"
#include "protocol/wire_forms/forms.hpp"

namespace troupe::protocol {

namespace {

/// Elements of the one array in the answer to a poll that asked for envelopes, each followed by a comma.
class poll_envelope_form final : public wire_form {
 public:
  wire_form_id id() const noexcept override { return wire_form_id::poll_envelope; }
  std::string_view name() const noexcept override { return "poll_envelope"; }

  void publication(std::string& out, std::string_view channel, std::string_view,
                   const troupe::publication& p) const override {
    append_json_broadcast(out, channel, p);
    out += ',';
  }

  void message(std::string& out, const server_message& any) const override {
    append_json_message(out, any);
    out += ',';
  }
};

} // namespace

const wire_form& poll_envelope() noexcept {
  static const poll_envelope_form form;
  return form;
}

} // namespace troupe::protocol
