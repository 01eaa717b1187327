#include "tests/fuzz/form_checks.hpp"

#include "protocol/names.hpp"
#include "protocol/wire_form.hpp"
#include "tests/fuzz/require.hpp"
#include "testing/event_stream_reader.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace troupe::fuzz {

namespace {

using nlohmann::json;
using protocol::wire_form_id;

constexpr std::string_view epoch = "k3f";

json parsed(std::string_view text) {
  auto tree = json::parse(text, nullptr, false);
  require(!tree.is_discarded(), "what a form writes is JSON");
  return tree;
}

std::string written_twice(wire_form_id id, std::string_view channel, const publication& p) {
  std::string out;
  protocol::get(id).publication(out, channel, epoch, p);
  const auto once = out.size();
  protocol::get(id).publication(out, channel, epoch, p);
  require(out.size() == 2 * once && out.compare(once, once, out, 0, once) == 0, "a form has no memory");
  return out;
}

/// Takes one frame off `stream`.
std::string_view take_frame(std::string_view& stream, unsigned char first) {
  require(stream.size() >= 2 && static_cast<unsigned char>(stream[0]) == first, "a frame begins with its opcode");
  std::size_t size = static_cast<unsigned char>(stream[1]);
  const std::size_t width = size == 126 ? 2 : size == 127 ? 8 : 0;
  require(size < 128, "a server's frame is not masked");
  if (width != 0)
    size = 0;
  for (std::size_t i = 0; i < width; ++i)
    size = size << 8 | static_cast<unsigned char>(stream[2 + i]);
  require(stream.size() >= 2 + width + size, "a frame is whole");
  const auto body = stream.substr(2 + width, size);
  stream.remove_prefix(2 + width + size);
  return body;
}

void check_envelope(const json& envelope, const json& data, const publication& p) {
  require(envelope.is_object() && same_value(envelope.value("data", json()), data), "an envelope holds the data");
  require(envelope.contains("event") == !p.event.empty(), "an envelope names its event");
}

void check_stream(wire_form_id id, std::string_view channel, const publication& p, const json& data) {
  const auto reading = protocol::test::read_event_stream(written_twice(id, channel, p));
  require(!reading.in_event && reading.events.size() == 2, "a publication is one event");
  for (const auto& event : reading.events) {
    const auto said = parsed(event.data);
    if (id == wire_form_id::sse_envelope) {
      check_envelope(said, data, p);
      continue;
    }
    require(same_value(said, data), "an event's data is the payload");
    require(event.last_id == std::string(epoch) + '-' + std::to_string(p.offset), "an event's id is the position");
    if (!protocol::event_name_error(p.event))
      require(event.event == p.event, "an event has its name");
  }
}

} // namespace

bool same_value(const json& a, const json& b) {
  if (a == b)
    return true;
  if (a.is_number_float() && b.is_number_float())
    return static_cast<float>(a.get<double>()) == static_cast<float>(b.get<double>());
  if (a.is_array() && b.is_array())
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_value);
  if (!a.is_object() || !b.is_object() || a.size() != b.size())
    return false;
  return std::equal(a.items().begin(), a.items().end(), b.items().begin(), [](const auto& x, const auto& y) {
    return x.key() == y.key() && same_value(x.value(), y.value());
  });
}

void check_forms(const payload& data, const std::string& event, std::string_view channel) {
  const publication p{18, 1700000000123, event, data, session_id{4}, {}};
  const auto value = parsed(data.json());

  check_stream(wire_form_id::sse_data, channel, p, value);
  check_stream(wire_form_id::sse_envelope, channel, p, value);

  auto polled = '[' + written_twice(wire_form_id::poll, channel, p);
  polled.back() = ']';
  const auto items = parsed(polled);
  require(items.size() == 2 && same_value(items[1].value("message", json()), value), "a poll holds the data");

  const auto text = written_twice(wire_form_id::ws_json, channel, p);
  std::string_view frames = text;
  for (int i = 0; i < 2; ++i)
    check_envelope(parsed(take_frame(frames, 0x81)), value, p);
  require(frames.empty(), "nothing follows the frames");

  const auto packed = written_twice(wire_form_id::ws_msgpack, channel, p);
  frames = packed;
  for (int i = 0; i < 2; ++i)
    check_envelope(json::from_msgpack(take_frame(frames, 0x82), true, false), data.value(), p);
  require(frames.empty(), "nothing follows the frames");
}

} // namespace troupe::fuzz
