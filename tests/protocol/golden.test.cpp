#include "protocol/decoder.hpp"
#include "protocol/wire_form.hpp"
#include "tests/protocol/describe.hpp"
#include "tests/protocol/golden_file.hpp"
#include "tests/protocol/sample_messages.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace troupe::protocol::test {

namespace {

std::string written(const wire_form& form, const sample& what) {
  std::string out;
  if (const auto* p = std::get_if<publication>(&what))
    form.publication(out, sample_channel, sample_epoch, *p);
  else
    form.message(out, std::get<server_message>(what));
  return out;
}

} // namespace

TEST_CASE("every server message is written byte for byte as its golden file says, in every wire form") {
  auto values = samples();
  for (const auto& file : golden_files("server")) {
    INFO(file.name << ": " << file.note);
    REQUIRE(values.count(file.name) == 1);
    CHECK(file.sections.size() == wire_form_count);
    for (const auto* form : wire_forms()) {
      INFO(form->name());
      REQUIRE(file.sections.count(std::string(form->name())) == 1);
      const auto out = written(*form, values.at(file.name));
      const auto& expected = file.sections.at(std::string(form->name()));
      CHECK(out == expected);
      CHECK(to_hex(out) == to_hex(expected));
    }
    values.erase(file.name);
  }
  CHECK(values.empty());
}

TEST_CASE("no server message is without a golden file") {
  std::set<std::size_t> seen;
  bool publication_seen = false;
  for (const auto& [name, value] : samples()) {
    if (const auto* m = std::get_if<server_message>(&value))
      seen.insert(m->index());
    else
      publication_seen = true;
  }
  CHECK(seen.size() == std::variant_size_v<server_message>);
  CHECK(publication_seen);
}

TEST_CASE("every wire form is listed once, under its own id and name") {
  std::set<std::string_view> names;
  REQUIRE(wire_forms().size() == wire_form_count);
  for (std::size_t i = 0; i < wire_form_count; ++i) {
    const auto id = static_cast<wire_form_id>(i);
    CHECK(get(id).id() == id);
    CHECK(wire_forms()[i] == &get(id));
    names.insert(get(id).name());
  }
  CHECK(names.size() == wire_form_count);
}

TEST_CASE("a message without framing is the text inside its WebSocket frame") {
  for (const auto& [name, value] : samples())
    if (const auto* m = std::get_if<server_message>(&value)) {
      const auto frame = written(get(wire_form_id::ws_json), value);
      CHECK(frame.substr(frame.find("{\"")) == to_json(*m));
    }
}

TEST_CASE("every command means the same in JSON and in msgpack, as its golden file says") {
  std::set<std::size_t> seen;
  for (const auto& file : golden_files("commands")) {
    INFO(file.name << ": " << file.note);
    const auto from_json = decode_json(file.sections.at("json"), {});
    const auto from_msgpack = decode_msgpack(file.sections.at("msgpack"), {});
    CHECK(describe(from_json) == file.sections.at("means"));
    CHECK(describe(from_msgpack) == file.sections.at("means"));
    if (from_json)
      seen.insert(from_json->body.index());
  }
  CHECK(seen.size() == std::variant_size_v<command_body>);
}

TEST_CASE("a command cut short at any length is refused") {
  for (const auto& file : golden_files("commands")) {
    INFO(file.name);
    const auto& json = file.sections.at("json");
    const auto& msgpack = file.sections.at("msgpack");
    for (std::size_t n = 0; n < json.size(); ++n)
      CHECK_FALSE(decode_json(std::string(json, 0, n), {}));
    for (std::size_t n = 0; n < msgpack.size(); ++n)
      CHECK_FALSE(decode_msgpack(std::string(msgpack, 0, n), {}));
  }
}

TEST_CASE("a command with a byte more is refused") {
  for (const auto& file : golden_files("commands")) {
    INFO(file.name);
    CHECK_FALSE(decode_json(file.sections.at("json") + "x", {}));
    CHECK_FALSE(decode_json(file.sections.at("json") + "{}", {}));
    CHECK_FALSE(decode_msgpack(file.sections.at("msgpack") + '\xc0', {}));
  }
}

} // namespace troupe::protocol::test
