// Whatever is said, in every form: event, channel and words of any bytes, and a payload that is JSON where the input
// is. A browser's reading of the stream has as many events as were written. Input: event, channel, words, payload,
// separated by 0x1e.

#include "protocol/decoder.hpp"
#include "protocol/names.hpp"
#include "protocol/wire_form.hpp"
#include "tests/fuzz/command_checks.hpp"
#include "tests/fuzz/form_checks.hpp"
#include "tests/fuzz/require.hpp"
#include "testing/event_stream_reader.hpp"

#include <nlohmann/json.hpp>

using namespace troupe;
using fuzz::require;

namespace {

/// Texts that no client can choose but an application can say: any bytes.
std::vector<protocol::server_message> messages(const std::string& event, const std::string& channel,
                                               const std::string& words, const payload& data) {
  return {protocol::push{channel, event, data, 1},
          protocol::error{words, {error_code::refused, words}, channel},
          protocol::gap{channel, {"k3f", 7}, 2},
          protocol::subscribed{{}, channel, {"k3f", 7}, false, data},
          protocol::unsubscribed{{}, channel, words},
          protocol::presence_change{channel, {{session_id{1}, words, data}}, {{session_id{2}, "", {}}}},
          protocol::ask{7, channel, event, data, 5000},
          protocol::closing{words, 1840}};
}

void check_message(const protocol::server_message& m) {
  require(nlohmann::json::accept(protocol::to_json(m)), "a message is JSON");
  for (const auto id : {protocol::wire_form_id::sse_data, protocol::wire_form_id::sse_envelope}) {
    std::string out;
    protocol::get(id).message(out, m);
    const auto reading = protocol::test::read_event_stream(out);
    require(!reading.in_event && reading.events.size() == 1, "a message is one event");
    require(nlohmann::json::accept(reading.events[0].data), "a message's data is JSON");
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  auto input = fuzz::as_text(bytes, size);
  const std::string event(fuzz::take_record(input));
  const std::string channel(fuzz::take_record(input));
  const std::string words(fuzz::take_record(input));
  const auto given = protocol::read_json(input, {});
  const auto data = given ? *given : payload::binary(std::string(input));

  fuzz::check_forms(data, event, channel);
  fuzz::check_forms(payload::from(words), event, channel);
  for (const auto& m : messages(event, channel, words, data))
    check_message(m);
  return 0;
}
