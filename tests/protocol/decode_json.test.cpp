#include "protocol/decoder.hpp"
#include "protocol/json_document.hpp"
#include "tests/protocol/describe.hpp"
#include "tests/protocol/random_value.hpp"
#include "tests/seed.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace troupe::protocol::test {

namespace {

std::string means(const std::string& text) { return describe(decode_json(text, {})); }

std::string nested(std::size_t depth, std::string_view open, std::string_view inner, std::string_view close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i)
    text += open;
  text += inner;
  for (std::size_t i = 0; i < depth; ++i)
    text += close;
  return text;
}

} // namespace

TEST_CASE("a payload is handed on byte for byte") {
  const std::string data = "{ \"b\" : [1.50, -0,\t1e2, \"\\u0041\\/\"],\r\n \"a\":{} , \"}\":\"]\\\"\" }";
  const auto c = decode_json(R"({ "action" : "publish","channel":"c" , "data":  )" + data + "\n , \"key\":\"k\"}", {});
  REQUIRE(c);
  const auto& p = std::get<publish>(c->body);
  CHECK(p.data.raw() == data);
  CHECK(p.data.encoding() == encoding::json);
  CHECK(p.key == "k");
}

TEST_CASE("a scalar payload is handed on byte for byte") {
  for (const std::string data : {"1", "-0.0", "1E+2", "true", "null", "\"a,b}\\\\\"", "[]", "{}"}) {
    const auto before = decode_json(R"({"data":)" + data + R"(,"action":"publish","channel":"c"})", {});
    const auto after = decode_json(R"({"action":"publish","channel":"c","data": )" + data + "}", {});
    REQUIRE(before);
    REQUIRE(after);
    CHECK(std::get<publish>(before->body).data.raw() == data);
    CHECK(std::get<publish>(after->body).data.raw() == data);
  }
}

TEST_CASE("random payloads are handed on byte for byte, wherever they stand in the message") {
  const auto from = troupe::test::seed();
  CAPTURE(from);
  random_values random(from);
  for (int i = 0; i < 300; ++i) {
    const auto data = random.spaced(random.value(4));
    const auto extra = random.spaced(random.value(3));
    const auto c = decode_json("{\"extra\":" + extra + ",\"data\":" + data + ",\"action\":\"call\",\"channel\":\"c\"}", {1 << 20, 32});
    REQUIRE(c);
    CHECK(std::get<call>(c->body).data.raw() == data);
    const auto whole = decode_json(" " + extra + "\r\n", {1 << 20, 32});
    REQUIRE(whole);
    CHECK(std::get<bare>(whole->body).data.raw() == extra);
  }
}

TEST_CASE("what is not JSON is refused however deep it is hidden") {
  for (const std::string bad : {"tru", "01", "\"\\q\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\xff\"", "\"\xed\xa0\x80\"",
                                "\"\xc0\xaf\"", "\"a\nb\"", "[1,]", "{\"a\"}", "1.", ".5", "+1", "NaN", "'a'",
                                "-", "--1", "1e", "1e+", "00", "-01", "0123456789012345678901234567890", "[1 2]", "{,}", "\"", "//", "nulll"}) {
    CAPTURE(bad);
    CHECK(means(bad).starts_with("bad_message id=none: not JSON"));
    CHECK(means(R"({"action":"publish","channel":"c","data":)" + bad + "}").starts_with("bad_message"));
    CHECK(means(R"({"action":"publish","channel":"c","extra":[{"deep":)" + bad + "}]}").starts_with("bad_message"));
    CHECK_FALSE(read_json("{\"x\":" + bad + "}", {}));
  }
  CHECK(means(R"({"a":tru,"b":01,"c":"\q"})").starts_with("bad_message"));
  CHECK(means(R"({"data":01})") == "bad_message id=none: not JSON: a number is malformed");
  CHECK(means("") == "bad_message id=none: not JSON: empty");
  CHECK(describe(decode_json(std::string_view(), {})) == "bad_message id=none: not JSON: empty");
  CHECK(means(" \r\n").starts_with("bad_message"));
  CHECK(means("\xef\xbb\xbf{}").starts_with("bad_message"));
  CHECK(means(std::string("{}\0", 3)).starts_with("bad_message"));
}

TEST_CASE("nesting is accepted up to its limit and not beyond") {
  CHECK(decode_json(nested(32, "[", "1", "]"), {}));
  CHECK_FALSE(decode_json(nested(33, "[", "1", "]"), {}));
  CHECK(decode_json(nested(32, "{\"a\":", "1", "}"), {}));
  CHECK(means(nested(33, "{\"a\":", "1", "}")) == "bad_message id=none: not accepted: nested deeper than 32");
  CHECK_FALSE(decode_json(nested(30000, "[", "1", "]"), {}));
  CHECK(decode_json("[1]", {}));
  CHECK(decode_json(nested(4, "[", "1", "]"), {1000, 4}));
  CHECK_FALSE(decode_json(nested(5, "[", "1", "]"), {1000, 4}));
}

TEST_CASE("a message over the limit is too large") {
  const auto text = '"' + std::string(98, 'a') + '"';
  CHECK(decode_json(text, {100, 32}));
  CHECK(describe(decode_json(text, {99, 32})) == "too_large id=none: larger than 99 bytes");
}

TEST_CASE("anything that is no object with an action is bare data") {
  CHECK(means("[1,2]") == "bare id=none data=[1,2]");
  CHECK(means(" \"hi\" ") == "bare id=none data=\"hi\"");
  CHECK(means("null") == "bare id=none data=null");
  CHECK(means("-1.5") == "bare id=none data=-1.5");
  CHECK(means(R"({"Action":"ping","id":[1]})") == R"(bare id=none data={"Action":"ping","id":[1]})");
  CHECK(means(R"([{"action":"ping"}])") == R"(bare id=none data=[{"action":"ping"}])");
}

TEST_CASE("keys are known by what they say, not by how they are spelt") {
  CHECK(means(R"({"\u0061ction":"ping","i\u0064":1})") == "ping id=1");
}

TEST_CASE("an unknown action is named, and keeps its id") {
  CHECK(means(R"({"action":"fly","id":"x"})") == R"(unknown_action id="x": action: "fly" is unknown)");
  CHECK(means(R"({"action":"","id":7})") == R"(unknown_action id=7: action: "" is unknown)");
  const auto lengthy = means(R"({"action":")" + std::string(200, 'a') + "\"}");
  CHECK(lengthy == "unknown_action id=none: action: \"" + std::string(40, 'a') + "…\" is unknown");
}

TEST_CASE("an action that is not a string is refused") {
  for (const char* action : {"1", "null", "[]", "{}", "true"})
    CHECK(means(std::string(R"({"id":1,"action":)") + action + "}") == "bad_message id=1: action: expected a string");
}

TEST_CASE("a missing key is named") {
  CHECK(means(R"({"action":"subscribe","id":1})") == "bad_message id=1: channel: missing");
  CHECK(means(R"({"action":"publish","channel":null})") == "bad_message id=none: channel: missing");
  CHECK(means(R"({"action":"answer"})") == "bad_message id=none: ask: missing");
  CHECK(means(R"({"action":"resume","received":1})") == "bad_message id=none: token: missing");
  CHECK(means(R"({"action":"resume","token":"t"})") == "bad_message id=none: received: missing");
  CHECK(means(R"({"action":"ack"})") == "bad_message id=none: received: missing");
  CHECK(means(R"({"action":"authenticate"})") == "bad_message id=none: token: missing");
  CHECK(means(R"({"action":"history","channel":"c","since":{"offset":1}})") ==
        "bad_message id=none: since.epoch: missing");
  CHECK(means(R"({"action":"history","channel":"c","since":{"epoch":"e"}})") ==
        "bad_message id=none: since.offset: missing");
}

TEST_CASE("a key of the wrong type is named") {
  const auto publish_with = [](const std::string& member) {
    return means(R"({"action":"publish","channel":"c",)" + member + "}");
  };
  CHECK(means(R"({"action":"publish","channel":1})") == "bad_message id=none: channel: expected a string");
  CHECK(publish_with(R"("event":1)") == "bad_message id=none: event: expected a string");
  CHECK(publish_with(R"("key":[])") == "bad_message id=none: key: expected a string");
  CHECK(publish_with(R"("echo":"no")") == "bad_message id=none: echo: expected true or false");
  CHECK(publish_with(R"("ephemeral":1)") == "bad_message id=none: ephemeral: expected true or false");
  CHECK(publish_with(R"("encoding":"hex","data":"00")") == "bad_message id=none: encoding: expected \"base64\"");
  CHECK(means(R"({"action":"subscribe","channel":"c","since":"5m"})") ==
        "bad_message id=none: since: expected {epoch, offset}");
  CHECK(means(R"({"action":"call","channel":"c","timeout":"1"})") == "bad_message id=none: timeout: expected an integer");
  CHECK(means(R"({"action":"call","channel":"c","timeout":-1})") == "bad_message id=none: timeout: negative");
  CHECK(means(R"({"action":"call","channel":"c","timeout":1.5})") == "bad_message id=none: timeout: expected an integer");
  CHECK(means(R"({"action":"ack","received":-1})") == "bad_message id=none: received: negative");
  CHECK(means(R"({"action":"history","channel":"c","limit":4294967296})") ==
        "bad_message id=none: limit: more than 4294967295");
  CHECK(means(R"({"action":"presence","channel":"c","since":{}})") == "bad_message id=none: since: expected a string");
}

TEST_CASE("a known key that is given twice is refused, an unknown one is not") {
  CHECK(means(R"({"action":"ping","id":1,"action":"ping"})") == "bad_message id=1: action: given twice");
  CHECK(means(R"({"action":"ping","id":1,"id":2})") == "bad_message id=none: id: given twice");
  CHECK(means(R"({"action":"publish","channel":"a","channel":"b"})") == "bad_message id=none: channel: given twice");
  CHECK(means(R"({"action":"history","channel":"a","since":{"epoch":"e","offset":1,"offset":2}})") ==
        "bad_message id=none: since.offset: given twice");
  CHECK(means(R"({"action":"ping","x":1,"x":2})") == "ping id=none");
}

TEST_CASE("an id comes back as it was given, or is refused") {
  CHECK(means(R"({"action":"ping","id":-9223372036854775808})") == "ping id=-9223372036854775808");
  CHECK(means(R"({"action":"ping","id":3.0})") == "ping id=3");
  CHECK(means(R"({"action":"ping","id":""})") == R"(ping id="")");
  CHECK(means(R"({"action":"ping","id":")" + std::string(64, 'x') + "\"}") == "ping id=\"" + std::string(64, 'x') + '"');
  const std::string refused =
      "bad_message id=none: id: expected an integer of 64 bits or a string of at most 64 bytes";
  for (const std::string& id : {std::string("1.5"), std::string("[1]"), std::string("true"), std::string("1e300"),
                               std::string("18446744073709551615"), '"' + std::string(65, 'x') + '"'})
    CHECK(means(R"({"action":"ping","id":)" + id + "}") == refused);
}

TEST_CASE("names have limits, and the failure says which was passed") {
  const auto publish_to = [](const std::string& channel) {
    return means(R"({"action":"publish","channel":")" + channel + "\"}");
  };
  CHECK(publish_to(std::string(255, 'c')).starts_with("publish"));
  CHECK(publish_to(std::string(256, 'c')) == "bad_channel id=none: channel: longer than 255 bytes");
  CHECK(publish_to("") == "bad_channel id=none: channel: empty");
  CHECK(publish_to("a\\nb") == "bad_channel id=none: channel: contains a control character");
  const auto with = [](const std::string& key, const std::string& text) {
    return means(R"({"action":"publish","channel":"c",")" + key + "\":\"" + text + "\"}");
  };
  CHECK(with("event", std::string(64, 'e')).starts_with("publish"));
  CHECK(with("event", std::string(65, 'e')) == "bad_message id=none: event: longer than 64 bytes");
  CHECK(with("event", "a\\rb") == "bad_message id=none: event: contains a control character");
  CHECK(with("key", std::string(128, 'k')).starts_with("publish"));
  CHECK(with("key", std::string(129, 'k')) == "bad_message id=none: key: longer than 128 bytes");
  const auto call_with = [](const std::string& key) {
    return means(R"({"action":"call","channel":"c","event":"e","key":)" + key + "}");
  };
  CHECK(call_with('"' + std::string(128, 'k') + '"').starts_with("call"));
  CHECK(call_with('"' + std::string(129, 'k') + '"') == "bad_message id=none: key: longer than 128 bytes");
  CHECK(call_with("7") == "bad_message id=none: key: expected a string");
}

TEST_CASE("events that mean something on a stream cannot be published, but called") {
  for (const std::string event : {"open", "error", "gap", "$x"}) {
    CHECK(means(R"({"action":"publish","channel":"c","event":")" + event + "\"}") ==
          "bad_message id=none: event: \"" + event + "\" is reserved");
    CHECK(means(R"({"action":"call","channel":"c","event":")" + event + "\"}").starts_with("call"));
  }
}

TEST_CASE("bytes come as base64 beside their encoding") {
  const auto data = [](const std::string& value) {
    return means(R"({"action":"answer","ask":1,"encoding":"base64","data":)" + value + "}");
  };
  CHECK(data("\"AP8=\"") == "answer id=none ask=1 data=bytes:AP8=");
  CHECK(data("\"AP8\"") == "answer id=none ask=1 data=bytes:AP8=");
  CHECK(data("\"\"") == "answer id=none ask=1 data=bytes:");
  for (const std::string bad : {"\"A\"", "\"A===\"", "\"AP9=\"", "\"AP 8\"", "\"AP8-\"", "1", "null", "\"=\""})
    CHECK(data(bad) == "bad_message id=none: data: expected a string of base64");
}

TEST_CASE("a publication of the API keeps its data as it was written") {
  const auto read = [](const std::string& text, std::optional<std::string> channel = {}) {
    return decode_publication(text, {20, 8}, std::move(channel));
  };
  const auto given = read(R"( {"data": {"b":1.50, "a":1E2} , "channel":"c","key":"k","ephemeral":true})");
  REQUIRE(given);
  CHECK(given->data.raw() == R"({"b":1.50, "a":1E2})");
  CHECK(given->channel == "c");
  CHECK(given->key == "k");
  CHECK(given->ephemeral);
  CHECK(read(R"({"data":1})", "d")->channel == "d");
  CHECK(read(R"({"data":"AP8=","encoding":"base64"})", "d")->data.raw() == std::string("\0\xff", 2));
  CHECK(read(R"({"data":1})").error().message == "channel: missing");
  CHECK(read(R"({"data":1})", "").error().code == error_code::bad_channel);
  CHECK(read(R"({"channel":"c","data":1,"data":2})").error().message == "data: given twice");
  CHECK(read(R"({"channel":"c","event":"gap"})").error().message == "event: \"gap\" is reserved");
  CHECK(read(R"({"channel":"c","data":"0123456789abcdefghi"})").error().code == error_code::too_large);
  CHECK(read("[]").error().message == "expected an object");
}

TEST_CASE("a value is taken apart with the text of its parts as given") {
  const auto parts = [](std::string_view text) {
    std::string all;
    for (const auto& part : json_parts(text))
      all += part.key + "=" + std::string{part.text} + ";";
    return all;
  };
  CHECK(parts(R"( { "a" : [1, {"x":"]"}] ,"b\u0063":"}\"," } )") == R"(a=[1, {"x":"]"}];bc="}\",";)");
  CHECK(parts(R"([1.0,"a,b" ,[ ], {"k":[]} , null])") == R"(=1.0;="a,b";=[ ];={"k":[]};=null;)");
  for (const auto* empty : {"{}", "[]", "1", "\"x\"", " [ ] "})
    CHECK(parts(empty).empty());
}

TEST_CASE("one JSON value is read whole and trimmed") {
  const auto value = read_json(" {\"a\" : 1}\n", {});
  REQUIRE(value);
  CHECK(value->raw() == "{\"a\" : 1}");
  CHECK(read_json("x", {}).error().code == error_code::bad_message);
  CHECK(read_json("[1,2,3]", {3, 32}).error().code == error_code::too_large);
}

// -- numbers ------------------------------------------------------------------

TEST_CASE("integers beyond 64 bits are handed on as written, and read as the double next to them") {
  for (const std::string number : {"18446744073709551616", "-9223372036854775809", "123456789012345678901234567890",
                                   "-18446744073709551615", "9007199254740993000000", "99999999999999999999",
                                   "99999999999999999999999999999999999999999999999999"}) {
    CAPTURE(number);
    const auto text = R"([{"a":")" + number + R"(", "b" : )" + number + R"( },)" + number + "]";
    const auto c = decode_json(R"({"action":"publish","channel":"c","data":)" + text + R"(,"id":3})", {});
    REQUIRE(c);
    CHECK(c->id == request_id(std::int64_t{3}));
    const auto& data = std::get<publish>(c->body).data;
    CHECK(data.raw() == text);
    const auto packed = nlohmann::json::from_msgpack(data.msgpack());
    CHECK(packed[1].get<double>() == std::stod(number));
    CHECK(packed[0]["b"] == packed[1]);
    CHECK(packed[0]["a"] == number);
    CHECK(data.value()[1].get<double>() == std::stod(number));
    CHECK(means(number) == "bare id=none data=" + number);
  }
  CHECK(means(R"({"action":"ack","received":18446744073709551615})") == "ack id=none received=18446744073709551615");
  CHECK(means(R"({"action":"ack","received":18446744073709551616})") == "bad_message id=none: received: expected an integer");
  CHECK(means(R"({"action":"ping","id":18446744073709551616})").starts_with("bad_message id=none: id: expected an integer"));
}

TEST_CASE("numbers that no double can be are refused as such") {
  for (const auto& number : std::vector<std::string>{"1e400", "-1e400", "1e999", std::string(400, '9')}) {
    CHECK(means(R"({"action":"publish","channel":"c","id":7,"data":[)" + number + "]}") ==
          "bad_message id=7: not accepted: a number is beyond what a double can be");
  }
}

// -- refusals keep the id -----------------------------------------------------

TEST_CASE("a refusal has the id of its command, before and behind what is wrong") {
  const auto deep = nested(40, "[", "", "]");
  for (const auto& bad : std::vector<std::string>{deep, "1e400", R"("\ud83d")", "\"\xff\"", "01", "tru", "\"a\nb\"",
                                                 R"({"id":1,"x":"}],\"id\":2",})", "'a'", ""}) {
    CAPTURE(bad);
    CHECK(means(R"({"id":7,"action":"publish","channel":"c","data":)" + bad + "}").starts_with("bad_message id=7: not "));
    CHECK(means(R"( { "data":)" + bad + R"( , "action":"publish", "\u0069d" : "a\"\u00e9" } )")
              .starts_with("bad_message id=\"a\"é\": not "));
    CHECK(means(R"({"data":[{"id":3},)" + bad + R"(],"id":8.0})").starts_with("bad_message id=8: not "));
  }
  CHECK(means(R"({"id":7,"data":{"a":[1,)").starts_with("bad_message id=7: not JSON"));
  CHECK(means("\xef\xbb\xbf{\"id\":7}").starts_with("bad_message id=7: not JSON"));
  CHECK(describe(decode_json(R"({"action":"ping","id":7,"data":"xxxxxxxxxxxxxxxxxxxx"})", {20, 32})) ==
        "too_large id=7: larger than 20 bytes");
}

TEST_CASE("a refusal has no id that its command may not have") {
  for (const std::string text :
       {R"({"id":12)", R"({"id":"ab)", R"({"id":1,"id":1,"data":tru})", R"({"data":{"id":5},"x":tru})", R"([{"id":5},tru])",
        R"({"id":[5],"x":tru})", R"({"id":1.5,"x":tru})", R"({"id":18446744073709551615,"x":tru})", R"({"id":tru})",
        R"({id:5,"x":1})", R"({"x":[}],"id":5)", R"({"id")", R"({"id":)", "{", R"({"a\)", R"({"id":)"}) {
    CAPTURE(text);
    CHECK(means(text).starts_with("bad_message id=none: "));
  }
  CHECK(means(R"({"id":")" + std::string(65, 'i') + R"(","x":tru})").starts_with("bad_message id=none: "));
}

TEST_CASE("a command that is cut off anywhere is refused with its id, or with none") {
  const std::string whole = R"({"data":{"a":["x\"y",{"id":9}]},"id":1234,"action":"publish","channel":"c"})";
  const auto id_at = whole.find("1234,") + 5;
  for (std::size_t n = 0; n < whole.size(); ++n) {
    CAPTURE(n);
    CHECK(means(whole.substr(0, n)).starts_with(n < id_at ? "bad_message id=none: " : "bad_message id=1234: "));
  }
}

} // namespace troupe::protocol::test
