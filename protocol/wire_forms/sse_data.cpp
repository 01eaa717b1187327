#include "protocol/wire_forms/envelope_text.hpp"
#include "protocol/wire_forms/event_stream.hpp"
#include "protocol/wire_forms/forms.hpp"

#include <nlohmann/json.hpp>

namespace troupe::protocol {

namespace {

/// An event called `name` whose data is the message without its type.
void append_named(std::string& out, std::string_view name, const server_message& m) {
  append_stream_field(out, "event", name);
  append_stream_data(out, [&](std::string& text) { append_json_details(text, m); });
}

/// The page's own `onmessage` reads `connected` by its type: the node says it, and nothing published looks like it.
bool imitates_connected(const payload& data) {
  const auto raw = data.raw();
  if (raw.find("connected") == std::string_view::npos && raw.find('\\') == std::string_view::npos)
    return false; // in no spelling
  const auto read = nlohmann::json::parse(data.json(), nullptr, false);
  return read.is_object() && read.contains("type") && read["type"] == "connected";
}

void append_payload(std::string& out, std::string_view event, const payload& data) {
  if (event.empty() && imitates_connected(data))
    event = "$message";
  if (!event.empty())
    append_stream_field(out, "event", event);
  append_stream_data(out, [&](std::string& text) { data.append_json(text); });
}

void append_gap(std::string& out, const gap& m) {
  append_stream_id(out, m.at.epoch, m.at.offset);
  append_named(out, "gap", m);
}

// -- one overload per message -------------------------------------------------

void append(std::string& out, const welcome& m) {
  append_stream_data(out, [&](std::string& text) { append_json_connected(text, m); });
}

/// Where the stream starts stands with `connected`: an id without data would be ignored by some readers.
void append(std::string& out, const subscribed& m) {
  if (m.recovered == false)
    append_gap(out, gap{m.channel, m.at, std::nullopt});
}

void append(std::string& out, const push& m) { append_payload(out, m.event, m.data); }
void append(std::string& out, const error& m) { append_named(out, "error", m); }
void append(std::string& out, const gap& m) { append_gap(out, m); }
void append(std::string& out, const unsubscribed& m) { append_named(out, "$unsubscribed", m); }
void append(std::string& out, const presence_change& m) { append_named(out, "$presence", m); }
void append(std::string& out, const ask& m) { append_named(out, "$ask", m); }

void append(std::string& out, const closing& m) {
  append_stream_return(out, m);
  append_named(out, "$closing", m);
}

/// Answers to commands are bodies of the requests that asked.
void append(std::string&, const reply&) {}
void append(std::string&, const resumed&) {}

/// Server-Sent Events of one channel: an event's data is the payload, its id the position.
class sse_data_form final : public wire_form {
 public:
  wire_form_id id() const noexcept override { return wire_form_id::sse_data; }
  std::string_view name() const noexcept override { return "sse_data"; }

  void publication(std::string& out, std::string_view, std::string_view epoch,
                   const troupe::publication& p) const override {
    if (p.offset != 0)
      append_stream_id(out, epoch, p.offset);
    append_payload(out, p.event, p.data);
  }

  void message(std::string& out, const server_message& any) const override {
    std::visit([&](const auto& m) { append(out, m); }, any);
  }
};

} // namespace

const wire_form& sse_data() noexcept {
  static const sse_data_form form;
  return form;
}

} // namespace troupe::protocol
