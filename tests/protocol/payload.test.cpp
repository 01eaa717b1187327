#include "protocol/base64.hpp"
#include "protocol/decoder.hpp"
#include "tests/protocol/golden_file.hpp"
#include "tests/protocol/random_value.hpp"
#include "tests/seed.hpp"

#include <troupe/payload.hpp>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <thread>

namespace troupe::protocol::test {

TEST_CASE("a payload without a value is null in every encoding") {
  const payload none;
  CHECK(none.is_null());
  CHECK(none.json() == "null");
  CHECK(none.msgpack() == "\xc0");
  CHECK(none.value().is_null());
  CHECK(none == payload::json_text("null"));
  CHECK(payload::msgpack_value("\xc0").is_null());
  CHECK_FALSE(payload::binary("null").is_null());
  CHECK(none.size() == 0);
}

TEST_CASE("copies of a payload share one buffer, and the other encoding is made once") {
  const auto first = payload::json_text("[1,2,3]");
  const auto second = first;
  CHECK(first.raw().data() == second.raw().data());
  CHECK(to_hex(first.msgpack()) == "93 01 02 03 ");
  CHECK(first.msgpack().data() == second.msgpack().data());
  CHECK(first.json().data() == first.raw().data());
}

TEST_CASE("threads that ask for the other encoding at once get the same buffer") {
  for (int round = 0; round < 20; ++round) {
    const auto p = payload::json_text("{\"a\":[1,2,3]}");
    std::string_view seen[4];
    {
      std::vector<std::jthread> threads;
      for (auto& view : seen)
        threads.emplace_back([&view, p] { view = p.msgpack(); });
    }
    for (const auto& view : seen)
      CHECK(view.data() == p.msgpack().data());
  }
}

TEST_CASE("a payload's size stays the same for all its life") {
  const auto p = payload::json_text("[1,2,3]");
  const auto before = p.size();
  CHECK(before >= 7);
  CHECK(p.msgpack().size() == 4);
  CHECK(p.size() == before);
}

TEST_CASE("payloads are equal in encoding and bytes") {
  CHECK(payload::json_text("1") == payload::json_text("1"));
  CHECK_FALSE(payload::json_text("1") == payload::json_text(" 1"));
  CHECK_FALSE(payload::json_text("1") == payload::binary("1"));
}

TEST_CASE("bytes are bin in msgpack, base64 in JSON, and binary in a tree") {
  const auto p = payload::binary(from_hex("00 ff 10"));
  CHECK(p.json() == "\"AP8Q\"");
  CHECK(to_hex(p.msgpack()) == "c4 03 00 ff 10 ");
  CHECK(p.value().is_binary());
  CHECK(payload::from(p.value()) == p);
  CHECK(to_hex(payload::binary(std::string(300, 'x')).msgpack().substr(0, 4)) == "c5 01 2c 78 ");
}

TEST_CASE("JSON becomes msgpack of the shortest width") {
  const auto packed = [](const char* text) { return to_hex(payload::json_text(text).msgpack()); };
  CHECK(packed("null") == "c0 ");
  CHECK(packed("true") == "c3 ");
  CHECK(packed("127") == "7f ");
  CHECK(packed("128") == "cc 80 ");
  CHECK(packed("-32") == "e0 ");
  CHECK(packed("-33") == "d0 df ");
  CHECK(packed("18446744073709551615") == "cf ff ff ff ff ff ff ff ff ");
  CHECK(packed("-9223372036854775808") == "d3 80 00 00 00 00 00 00 00 ");
  CHECK(packed("1.0") == "cb 3f f0 00 00 00 00 00 00 ");
  CHECK(packed("\"\\u00fc\\ud83d\\ude00\"") == "a6 c3 bc f0 9f 98 80 ");
  CHECK(packed("{\"a\":[],\"b\":{}}") == "82 a1 61 90 a1 62 80 ");
}

TEST_CASE("msgpack becomes JSON that reads back the same") {
  const auto text = [](const char* hex) { return std::string(payload::msgpack_value(from_hex(hex)).json()); };
  CHECK(text("c0") == "null");
  CHECK(text("ca 3d cc cc cd") == "0.1");
  CHECK(text("cb 3f f0 00 00 00 00 00 00") == "1.0");
  CHECK(text("cb 80 00 00 00 00 00 00 00") == "-0.0");
  CHECK(text("cb 44 15 af 1d 78 b5 8c 40") == "1e+20");
  CHECK(text("a3 22 0a 5c") == R"("\"\n\\")");
  CHECK(text("a2 00 1f") == R"("\u0000\u001f")");
  CHECK(text("82 a1 61 90 a1 62 92 80 c2") == R"({"a":[],"b":[{},false]})");
  CHECK(text("c4 02 00 ff") == "\"AP8=\"");
}

TEST_CASE("a value survives the way through the other encoding and back") {
  const auto from = troupe::test::seed();
  CAPTURE(from);
  random_values random(from);
  for (int i = 0; i < 500; ++i) {
    const auto tree = random.value(4);
    const auto given = payload::from(tree);
    const auto packed = payload::msgpack_value(std::string(given.msgpack()));
    CHECK(packed.value() == tree);
    const auto again = payload::json_text(std::string(packed.json()));
    CHECK(again.value() == tree);
    CHECK(again.msgpack() == given.msgpack());
    REQUIRE(read_json(packed.json(), {1 << 24, 32}));
    REQUIRE(decode_msgpack(given.msgpack(), {1 << 24, 32}));
  }
}

TEST_CASE("a tree with text that is not UTF-8 becomes a valid payload") {
  const auto p = payload::from(nlohmann::json("a\xff"));
  CHECK(p.json() == "\"a\xef\xbf\xbd\"");
}

TEST_CASE("base64 survives the way and back at every length") {
  const auto from = troupe::test::seed();
  CAPTURE(from);
  random_values random(from);
  for (int i = 0; i < 200; ++i) {
    const auto bytes = random.bytes(20);
    std::string text;
    append_base64(text, bytes);
    CHECK(text.size() % 4 == 0);
    CHECK(decode_base64(text) == bytes);
  }
}

} // namespace troupe::protocol::test
