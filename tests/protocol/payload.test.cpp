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

// -- checked ------------------------------------------------------------------

namespace {

/// What is said to be wrong; "nothing" if nothing is.
template <class Check>
std::string complaint(Check check) {
  try {
    check();
    return "nothing";
  } catch (const payload_error& e) {
    return e.what();
  }
}

std::string wrong_json(std::string_view text, std::size_t depth_max = 32) {
  return complaint([&] { (void)payload::checked_json(text, depth_max); });
}

std::string wrong_msgpack(std::string_view hex, std::size_t depth_max = 32) {
  return complaint([&] { (void)payload::checked_msgpack(from_hex(hex), depth_max); });
}

} // namespace

TEST_CASE("JSON text from outside is a payload once it was checked") {
  CHECK(payload::checked_json(" {\"a\" : [1, 2]}\n").raw() == "{\"a\" : [1, 2]}");
  CHECK(payload::checked_json("null").is_null());
  CHECK(payload::checked_json("[12345678901234567890123]").raw() == "[12345678901234567890123]");
  CHECK(payload::checked_json(R"({"a":1,"a":2})").value()["a"] == 2);
  CHECK(payload::checked_json("[[[]]]", 2).raw() == "[[[]]]");
}

TEST_CASE("JSON text that is wrong is refused with the place and the reason") {
  CHECK(wrong_json("") == "byte 0: not JSON: empty");
  CHECK(wrong_json("{\"a\":}").starts_with("byte 5: not JSON"));
  CHECK(wrong_json("[1,2").starts_with("byte 4: not JSON"));
  CHECK(wrong_json("1 2").starts_with("byte 2: not JSON"));
  CHECK(wrong_json("[\"a\xff\"]") == "byte 3: not JSON: not UTF-8");
  CHECK(wrong_json("[01]").starts_with("byte 2: not JSON"));
  CHECK(wrong_json("[1e400]").find("beyond what a double can be") != std::string::npos);
  CHECK(wrong_json("[\"\\ud800\"]").find("a string is malformed") != std::string::npos);
  CHECK(wrong_json("\xef\xbb\xbf""1").starts_with("byte 0: not JSON"));
  CHECK(wrong_json("[\"[[[[\",[],[[1]]]", 2) == "byte 12: not accepted: nested deeper than 2");
  CHECK(wrong_json("[\"[[[[\",[],[[1]]]", 3) == "nothing");
}

TEST_CASE("msgpack from outside is a payload once it was checked") {
  CHECK(payload::checked_msgpack(from_hex("81 a1 61 92 01 c0")).json() == R"({"a":[1,null]})");
  CHECK(payload::checked_msgpack(from_hex("c4 02 00 ff")) == payload::binary(from_hex("00 ff")));
  CHECK(payload::checked_msgpack(from_hex("c0")).is_null());
  CHECK(payload::checked_msgpack(from_hex("91 91 90"), 2).json() == "[[[]]]");
}

TEST_CASE("msgpack that is wrong is refused with the place and the reason") {
  CHECK(wrong_msgpack("") == "byte 0: not accepted: truncated");
  CHECK(wrong_msgpack("92 01") == "byte 2: not accepted: truncated");
  CHECK(wrong_msgpack("01 02") == "byte 1: not accepted: bytes after the value");
  CHECK(wrong_msgpack("92 01 81 05 06") == "byte 3: not accepted: a map key is not a string");
  CHECK(wrong_msgpack("91 a1 ff") == "byte 2: not accepted: a string is not UTF-8");
  CHECK(wrong_msgpack("91 c4 01 00") == "byte 3: not accepted: bin is only accepted as the whole data");
  CHECK(wrong_msgpack("91 cb 7f f8 00 00 00 00 00 00") == "byte 9: not accepted: NaN and infinities are not accepted");
  CHECK(wrong_msgpack("91 d4 01 00") == "byte 3: not accepted: ext is not accepted");
  CHECK(wrong_msgpack("91 91 91 01", 2) == "byte 2: not accepted: nested deeper than 2");
  CHECK(wrong_msgpack("c1").starts_with("byte 0: not accepted: not msgpack"));
}

TEST_CASE("whatever bytes there are, what is refused is refused at a place within them, and what is taken reads back") {
  const auto from = troupe::test::seed();
  CAPTURE(from);
  random_values random(from);
  for (int i = 0; i < 300; ++i) {
    const auto given = payload::from(random.value(3));
    std::string json{given.json()}, packed{given.msgpack()};
    CHECK(payload::checked_json(json).value() == given.value());
    CHECK(payload::checked_msgpack(packed).value() == given.value());
    packed.pop_back();
    CHECK(complaint([&] { (void)payload::checked_msgpack(packed); }) ==
          "byte " + std::to_string(packed.size()) + ": not accepted: truncated");
    const auto at = json.size() / 2;
    json.insert(at, "\x01"); // allowed nowhere
    CHECK(wrong_json(json).starts_with("byte " + std::to_string(at) + ": not "));
  }
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
