#include "protocol/names.hpp"
#include "protocol/wire_form.hpp"
#include "protocol/wire_forms/event_stream.hpp"
#include "testing/event_stream_reader.hpp"
#include "tests/protocol/random_value.hpp"
#include "tests/protocol/sample_messages.hpp"
#include "tests/seed.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace troupe::protocol::test {

TEST_CASE("a payload of several lines is as many data lines") {
  std::string out;
  append_stream_data(out, [](std::string& text) { text += "[1,\n2,\r3,\r\n4]\n"; });
  CHECK(out == "data: [1,\ndata: 2,\ndata: 3,\ndata: 4]\ndata: \n\n");
}

TEST_CASE("a field cannot hold a line end") {
  std::string out;
  append_stream_field(out, "event", std::string_view("a\nid: 7\r\n\0b", 11));
  CHECK(out == "event: aid: 7b\n");
}

TEST_CASE("nothing a client publishes breaks a stream: each publication is one event with its value") {
  const auto from = troupe::test::seed();
  CAPTURE(from);
  random_values random(from);
  for (int round = 0; round < 100; ++round) {
    std::string out;
    std::vector<publication> said;
    for (int i = 0; i < 5; ++i) {
      publication p;
      p.offset = random.below_or(1) * (i + 1u);
      p.event = random.text(3);
      const auto tree = random.value(3);
      switch (random.below_or(2)) {
        case 0: p.data = payload::json_text(random.spaced(tree)); break;
        case 1: p.data = payload::msgpack_value(std::string(payload::from(tree).msgpack())); break;
        default: p.data = payload::binary(random.bytes(30));
      }
      get(wire_form_id::sse_data).publication(out, "c", "e1", p);
      said.push_back(p);
    }
    const auto reading = read_event_stream(out);
    CHECK_FALSE(reading.in_event);
    REQUIRE(reading.events.size() == said.size());
    std::string last_id;
    for (std::size_t i = 0; i < said.size(); ++i) {
      if (said[i].offset != 0)
        last_id = "e1-" + std::to_string(said[i].offset);
      CHECK(reading.events[i].last_id == last_id);
      CHECK(nlohmann::json::parse(reading.events[i].data) == nlohmann::json::parse(said[i].data.json()));
      if (!event_name_error(said[i].event))
        CHECK(reading.events[i].event == said[i].event);
    }
  }
}

TEST_CASE("nothing a client publishes breaks an envelope stream, a poll or a frame") {
  const auto from = troupe::test::seed();
  CAPTURE(from);
  random_values random(from);
  for (int round = 0; round < 200; ++round) {
    publication p;
    p.offset = random.below_or(100);
    p.event = random.text(5);
    p.from = session_id{random.below_or(2)};
    p.data = payload::json_text(random.spaced(random.value(3)));
    const auto channel = "c" + random.text(5);
    const auto value = nlohmann::json::parse(p.data.json());

    std::string stream;
    get(wire_form_id::sse_envelope).publication(stream, channel, "e", p);
    const auto reading = read_event_stream(stream);
    REQUIRE(reading.events.size() == 1);
    const auto envelope = nlohmann::json::parse(reading.events[0].data);
    CHECK(envelope["data"] == value);
    CHECK(envelope["channel"] == channel);
    CHECK(envelope.contains("event") == !p.event.empty());

    std::string polled = "[";
    get(wire_form_id::poll).publication(polled, channel, "e", p);
    polled.back() = ']';
    CHECK(nlohmann::json::parse(polled)[0]["message"] == value);

    std::string frame;
    get(wire_form_id::ws_json).publication(frame, channel, "e", p);
    CHECK(nlohmann::json::parse(frame.substr(frame.find("{\""))) == envelope);

    std::string packed;
    get(wire_form_id::ws_msgpack).publication(packed, channel, "e", p);
    const auto body = packed.find("\xa4type") - 1;
    CHECK(nlohmann::json::from_msgpack(packed.substr(body)) == envelope);
  }
}

TEST_CASE("every message on a stream is whole events with JSON as data") {
  for (const auto id : {wire_form_id::sse_data, wire_form_id::sse_envelope})
    for (const auto& [name, value] : samples()) {
      const auto* m = std::get_if<server_message>(&value);
      if (!m)
        continue;
      INFO(name);
      std::string out;
      get(id).message(out, *m);
      const auto reading = read_event_stream(out);
      CHECK_FALSE(reading.in_event);
      CHECK(reading.events.size() <= 1);
      for (const auto& event : reading.events)
        CHECK(nlohmann::json::accept(event.data));
    }
}

TEST_CASE("a subscription is no event of a stream, and no id without one: some readers ignore those") {
  std::string out;
  get(wire_form_id::sse_data).message(out, subscribed{{}, "c", {"k3f", 17}, true, {}});
  CHECK(out.empty());
  get(wire_form_id::sse_data).message(out, subscribed{{}, "c", {"k3f", 17}, false, {}});
  const auto reading = read_event_stream(out);
  REQUIRE(reading.events.size() == 1);
  CHECK(reading.events[0].event == "gap");
  CHECK(reading.last_id == "k3f-17");
}

TEST_CASE("what is published without an event and looks like the stream's own `connected` is called $message") {
  const auto event_of = [](payload data, std::string event = {}) {
    publication p;
    p.event = std::move(event);
    p.data = std::move(data);
    std::string out;
    get(wire_form_id::sse_data).publication(out, "c", "e", p);
    return read_event_stream(out).events.at(0).event;
  };
  const nlohmann::json imitation{{"type", "connected"}, {"token", "x"}};
  CHECK(event_of(payload::json_text(imitation.dump())) == "$message");
  CHECK(event_of(payload::from(imitation)) == "$message");
  CHECK(event_of(payload::json_text(R"({"t\u0079pe":"\u0063onnected"})")) == "$message");
  CHECK(event_of(payload::json_text(imitation.dump()), "mine") == "mine");
  for (const char* other : {R"({"type":"Connected"})", R"({"type":["connected"]})", R"(["connected"])", R"({"kind":"connected"})"})
    CHECK(event_of(payload::json_text(other)).empty());
  const auto packed = nlohmann::json::to_msgpack(imitation);
  CHECK(event_of(payload::msgpack_value(std::string(packed.begin(), packed.end()))) == "$message");
}

} // namespace troupe::protocol::test
