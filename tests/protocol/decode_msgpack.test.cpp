#include "protocol/decoder.hpp"
#include "tests/protocol/describe.hpp"
#include "tests/protocol/golden_file.hpp"
#include "tests/protocol/random_value.hpp"
#include "tests/seed.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

namespace troupe::protocol::test {

namespace {

std::string means(const std::string& bytes) { return describe(decode_msgpack(bytes, {})); }

std::string str(const std::string& text) {
  return (text.size() < 32 ? std::string(1, static_cast<char>(0xa0 | text.size()))
                           : std::string("\xd9") + static_cast<char>(text.size())) + text;
}

/// `publish` to `c` with one member more.
std::string publish_with(const std::string& name, const std::string& value) {
  return "\x83" + str("action") + str("publish") + str("channel") + str("c") + str(name) + value;
}

std::string packed(const nlohmann::json& tree) {
  const auto bytes = nlohmann::json::to_msgpack(tree);
  return {bytes.begin(), bytes.end()};
}

} // namespace

TEST_CASE("a msgpack payload is handed on byte for byte, unusual widths too") {
  for (const char* data : {"01", "cd 00 01", "d3 00 00 00 00 00 00 00 05", "ca 3f 80 00 00", "d9 01 61",
                           "dc 00 01 c0", "df 00 00 00 01 a1 61 01", "90", "80", "c0", "c3", "e0"}) {
    const auto c = decode_msgpack(publish_with("data", from_hex(data)), {});
    REQUIRE(c);
    CHECK(to_hex(std::get<publish>(c->body).data.raw()) == to_hex(from_hex(data)));
    CHECK(std::get<publish>(c->body).data.encoding() == encoding::msgpack);
  }
}

TEST_CASE("random msgpack payloads are handed on byte for byte") {
  const auto from = troupe::test::seed();
  CAPTURE(from);
  random_values random(from);
  for (int i = 0; i < 300; ++i) {
    const auto data = packed(random.value(4));
    const auto c = decode_msgpack(publish_with("data", data), {1 << 20, 32});
    REQUIRE(c);
    CHECK(std::get<publish>(c->body).data.raw() == data);
    CHECK(decode_msgpack(publish_with("extra", data), {1 << 20, 32}));
  }
}

TEST_CASE("what other clients could not read is refused however deep it is hidden") {
  const std::pair<const char*, const char*> cases[] = {
      {"c1", "not msgpack"},
      {"d4 01 00", "ext is not accepted"},
      {"c7 00 05", "ext is not accepted"},
      {"c9 ff ff ff ff 01", "truncated"},
      {"ca 7f c0 00 00", "NaN and infinities are not accepted"},
      {"cb 7f f0 00 00 00 00 00 00", "NaN and infinities are not accepted"},
      {"a1 ff", "a string is not UTF-8"},
      {"81 01 02", "a map key is not a string"},
      {"81 90 02", "a map key is not a string"},
      {"81 c4 01 61 02", "a map key is not a string"},
      {"81 a1 ff 02", "a string is not UTF-8"},
      {"dd ff ff ff ff", "truncated"},
      {"df ff ff ff ff a1 61", "truncated"},
      {"db ff ff ff ff 61", "truncated"},
  };
  for (const auto& [hex, why] : cases) {
    CAPTURE(hex);
    const auto bad = from_hex(hex);
    CHECK(means("\x91" + bad).starts_with("bad_message"));
    CHECK(means(publish_with("data", "\x91" + bad)).starts_with("bad_message"));
    if (std::string_view(hex) != "81 c4 01 61 02")
      CHECK(means(publish_with("extra", "\x91" + bad)) == std::string("bad_message id=none: not accepted: ") + why);
  }
}

TEST_CASE("bin is accepted as the whole data only") {
  const auto bin = from_hex("c4 02 00 ff");
  CHECK(means(publish_with("data", bin)).find("data=bytes:AP8=") != std::string::npos);
  CHECK(means(bin) == "bare id=none data=bytes:AP8=");
  const std::string refused = "bad_message id=none: not accepted: bin is only accepted as the whole data";
  CHECK(means(publish_with("data", "\x91" + bin)) == refused);
  CHECK(means(publish_with("key", bin)) == refused);
  CHECK(means("\x83" + str("action") + str("subscribe") + str("channel") + str("c") + str("params") + bin) == refused);
}

TEST_CASE("base64 beside its encoding is bytes in msgpack too") {
  CHECK(means("\x84" + str("action") + str("answer") + str("ask") + "\x01" + str("data") + str("AP8=") +
              str("encoding") + str("base64")) == "answer id=none ask=1 data=bytes:AP8=");
}

TEST_CASE("a position's offset may be written as any whole number, in `positions` as in `since`") {
  const auto at = [](const std::string& offset) {
    return "\x82" + str("epoch") + str("e") + str("offset") + from_hex(offset);
  };
  const auto resumes = [&](const std::string& offset) {
    return means("\x84" + str("action") + str("resume") + str("token") + str("t") + str("received") + '\0' +
                 str("positions") + "\x81" + str("c") + at(offset));
  };
  const auto subscribes = [&](const std::string& offset) {
    return means("\x83" + str("action") + str("subscribe") + str("channel") + str("c") + str("since") + at(offset));
  };
  for (const char* seven : {"07", "cc 07", "d0 07", "d2 00 00 00 07", "d3 00 00 00 00 00 00 00 07", "ca 40 e0 00 00",
                            "cb 40 1c 00 00 00 00 00 00"}) {
    CAPTURE(seven);
    CHECK(resumes(seven) == "resume id=none token=t received=0 at=c@e/7");
    CHECK(subscribes(seven).find("since=e/7") != std::string::npos);
  }
  for (const char* none : {"ff", "d3 ff ff ff ff ff ff ff ff", "cb 40 1e 00 00 00 00 00 00", "cb bf f0 00 00 00 00 00 00",
                           "cb 43 f0 00 00 00 00 00 00", "c0", "c3", "a1 37"}) {
    CAPTURE(none);
    CHECK(resumes(none) == "bad_message id=none: positions: expected {channel: {epoch, offset}}");
    CHECK(subscribes(none).starts_with("bad_message"));
  }
}

TEST_CASE("msgpack nests up to the limit and not beyond") {
  CHECK(decode_msgpack(std::string(32, '\x91') + '\xc0', {}));
  CHECK(means(std::string(33, '\x91') + '\xc0') == "bad_message id=none: not accepted: nested deeper than 32");
  CHECK(decode_msgpack(std::string(32, '\x91') + '\x90', {}));
  CHECK(decode_msgpack(publish_with("data", std::string(31, '\x91') + '\xc0'), {}));
  CHECK_FALSE(decode_msgpack(publish_with("data", std::string(32, '\x91') + '\xc0'), {}));
  CHECK_FALSE(decode_msgpack(std::string(60000, '\x91'), {}));
  std::string maps;
  for (int i = 0; i < 33; ++i)
    maps += "\x81" + str("a");
  CHECK_FALSE(decode_msgpack(maps + '\xc0', {}));
}

TEST_CASE("a map header of any width opens a command") {
  const auto body = str("action") + str("ping");
  CHECK(means("\x81" + body) == "ping id=none");
  CHECK(means(from_hex("de 00 01") + body) == "ping id=none");
  CHECK(means(from_hex("df 00 00 00 01") + body) == "ping id=none");
  CHECK(means(from_hex("de 00")) == "bad_message id=none: not accepted: truncated");
  CHECK(means("") == "bad_message id=none: not accepted: truncated");
  CHECK(means("\x81" + from_hex("01 02")) == "bad_message id=none: not accepted: a map key is not a string");
}

TEST_CASE("a map without action is bare data, as it came") {
  const auto map = "\x81" + str("hello") + from_hex("cd 00 01");
  const auto c = decode_msgpack(map, {});
  REQUIRE(c);
  CHECK(std::get<bare>(c->body).data.raw() == map);
}

TEST_CASE("integers of all widths and whole floats are integers") {
  const auto ack = [](const char* hex) { return means("\x82" + str("action") + str("ack") + str("received") + from_hex(hex)); };
  CHECK(ack("05") == "ack id=none received=5");
  CHECK(ack("d1 00 05") == "ack id=none received=5");
  CHECK(ack("ca 40 a0 00 00") == "ack id=none received=5");
  CHECK(ack("cb 40 14 00 00 00 00 00 00") == "ack id=none received=5");
  CHECK(ack("cf ff ff ff ff ff ff ff ff") == "ack id=none received=18446744073709551615");
  CHECK(ack("ff") == "bad_message id=none: received: negative");
  CHECK(ack("cb 40 15 00 00 00 00 00 00") == "bad_message id=none: received: expected an integer");
  CHECK(ack("cb 7e 37 e4 3c 88 00 75 9c") == "bad_message id=none: received: expected an integer");
}

TEST_CASE("a key given twice is refused in msgpack too") {
  CHECK(means("\x82" + str("action") + str("ping") + str("action") + str("ping")) ==
        "bad_message id=none: action: given twice");
}

TEST_CASE("a large msgpack message is too large") {
  CHECK(describe(decode_msgpack(std::string(11, '\xc0'), {10, 32})) == "too_large id=none: larger than 10 bytes");
}

TEST_CASE("a msgpack refusal has the id of its command, before and behind what is wrong") {
  std::string deep;
  for (int i = 0; i < 40; ++i)
    deep += '\x91';
  deep += '\xc0';
  const std::string bad_values[] = {from_hex("d6 ff 00 00 00 00"), // a date
                                    from_hex("cb 7f f8 00 00 00 00 00 00"), from_hex("91 c4 01 00"), from_hex("a1 ff"),
                                    from_hex("81 01 a2 69 64"), deep};
  for (const auto& bad : bad_values) {
    CAPTURE(to_hex(bad));
    CHECK(means("\x83" + str("id") + "\x07" + str("data") + bad + str("action") + str("ping")).starts_with("bad_message id=7: not "));
    CHECK(means("\x83" + str("action") + str("ping") + str("data") + bad + str("id") + str("x")).starts_with("bad_message id=\"x\": not "));
  }
  CHECK(means("\x82" + str("id") + "\x07" + "\x01\x02").starts_with("bad_message id=7: not ")); // an integer as key
  CHECK(means("\x82\x01\x02" + str("id") + "\x07").starts_with("bad_message id=7: not "));
  CHECK(means("\x82" + str("id") + "\x07" + str("data") + "\xa5xx") == "bad_message id=7: not accepted: truncated");
  CHECK(means("\x81" + str("id") + "\x07\xc0").starts_with("bad_message id=7: not ")); // bytes after the value
}

TEST_CASE("a msgpack refusal has no id that its command may not have") {
  const auto nan = from_hex("cb 7f f8 00 00 00 00 00 00");
  for (const auto& members : {str("id") + "\x07" + str("id") + "\x07", str("id") + "\x91\x07" + str("a") + "\x01",
                              str("a") + "\x81" + str("id") + "\x07" + str("b") + "\x01", str("id") + nan + str("a") + "\x01"}) {
    CAPTURE(to_hex(members));
    CHECK(means("\x83" + members + str("data") + nan).starts_with("bad_message id=none: "));
  }
  CHECK(means("\x91\xc1").starts_with("bad_message id=none: "));
  CHECK(means("\xdf\xff\xff\xff\xff").starts_with("bad_message id=none: "));
}

} // namespace troupe::protocol::test
