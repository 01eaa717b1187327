#include "protocol/wire_forms/envelope_text.hpp"
#include "protocol/wire_forms/forms.hpp"
#include "protocol/wire_forms/json_writer.hpp"

namespace troupe::protocol {

namespace {

/// Elements of the arrays in the answer to a poll, each followed by a comma.
class poll_form final : public wire_form {
 public:
  wire_form_id id() const noexcept override { return wire_form_id::poll; }
  std::string_view name() const noexcept override { return "poll"; }

  void publication(std::string& out, std::string_view channel, std::string_view,
                   const troupe::publication& p) const override {
    json_writer w(out);
    const auto object = w.open();
    w.data("message", p.data);
    w.integer("timestamp", p.timestamp);
    w.text("channel", channel);
    if (p.offset != 0)
      w.count("offset", p.offset);
    if (!p.event.empty())
      w.text("event", p.event);
    w.close(object);
    out += ',';
  }

  void message(std::string& out, const server_message& any) const override {
    if (const auto* said = std::get_if<push>(&any))
      append_push(out, *said);
    else
      append_json_message(out, any);
    out += ',';
  }

 private:
  static void append_push(std::string& out, const push& m) {
    json_writer w(out);
    const auto object = w.open();
    w.data("message", m.data);
    w.integer("timestamp", m.timestamp);
    w.text("channel", m.channel);
    if (!m.event.empty())
      w.text("event", m.event);
    w.text("type", "push");
    w.close(object);
  }
};

} // namespace

const wire_form& poll() noexcept {
  static const poll_form form;
  return form;
}

} // namespace troupe::protocol
