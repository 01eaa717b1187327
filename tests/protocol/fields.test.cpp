#include <troupe/json_fields.hpp>

#include <catch2/catch.hpp>

namespace troupe::protocol::test {

namespace {

struct move {
  int x = 0, y = 0;
  TROUPE_FIELDS(x, y)
};

struct turn {
  std::string who;
  move to;
  std::vector<move> before;
  std::optional<double> speed;
  std::map<std::string, bool> flags;
  std::uint8_t colour = 7;
  nlohmann::json anything;
  payload data;
  TROUPE_FIELDS(who, to, before, speed, flags, colour, anything, data)
};

struct nothing {
  TROUPE_FIELDS()
};

enum class suit { hearts, spades };

struct card {
  suit of = suit::hearts;
  std::vector<suit> others;
  TROUPE_FIELDS(of, others)
};

struct many {
  int a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8, i = 9, j = 10, k = 11, l = 12, m = 13, n = 14, o = 15,
      p = 16, q = 17, r = 18, s = 19, t = 20;
  TROUPE_FIELDS(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t)
};

/// What reading `text` as a T says is wrong, from JSON and from msgpack alike.
template <class T>
std::string wrong(const std::string& text) {
  std::string says[2];
  const auto json = payload::json_text(text);
  const payload both[2] = {json, payload::msgpack_value(std::string(json.msgpack()))};
  for (int i = 0; i < 2; ++i) {
    try {
      (void)both[i].as<T>();
      says[i] = "nothing";
    } catch (const payload_error& e) {
      says[i] = e.what();
    }
  }
  CHECK(says[0] == says[1]);
  return says[0];
}

} // namespace

} // namespace troupe::protocol::test

/// A type of its own, as the card above `field_format` shows.
template <>
struct troupe::field_format<troupe::protocol::test::suit> {
  using suit = troupe::protocol::test::suit;
  static void write(suit value, field_writer to) { to.text(value == suit::hearts ? "hearts" : "spades"); }
  static suit read(field_reader from, const field_path* where) {
    const auto name = read_field<std::string>(from, where);
    if (name != "hearts" && name != "spades")
      throw_payload_error(where, "expected a suit");
    return name == "hearts" ? suit::hearts : suit::spades;
  }
};

namespace troupe::protocol::test {

TEST_CASE("a struct is written as an object and read back, from JSON and msgpack alike") {
  turn t{"ann", {1, -2}, {{3, 4}}, {}, {{"up", true}}, 200, {{"k", nullptr}}, payload::json_text("[1]")};
  const auto p = payload::of(t);
  CHECK(p.value() == nlohmann::json::parse(R"({"who":"ann","to":{"x":1,"y":-2},"before":[{"x":3,"y":4}],
        "flags":{"up":true},"colour":200,"anything":{"k":null},"data":[1]})"));
  for (const auto& from : {p, payload::msgpack_value(std::string(p.msgpack()))}) {
    const auto read = from.as<turn>();
    CHECK(read.who == "ann");
    CHECK(read.to.y == -2);
    REQUIRE(read.before.size() == 1);
    CHECK(read.before[0].x == 3);
    CHECK_FALSE(read.speed);
    CHECK(read.flags.at("up"));
    CHECK(read.colour == 200);
    CHECK(read.anything["k"].is_null());
    CHECK(read.data.json() == "[1]");
  }
}

TEST_CASE("values that are no structs are payloads too") {
  CHECK(payload::of(true).json() == "true");
  CHECK(payload::of(-5).json() == "-5");
  CHECK(payload::of(2.5).json() == "2.5");
  CHECK(payload::of("text").json() == "\"text\"");
  CHECK(payload::of(std::string("a\"b")).json() == R"("a\"b")");
  CHECK(payload::of(std::vector<bool>{true, false}).json() == "[true,false]");
  CHECK(payload::of(nothing{}).json() == "{}");
  CHECK(payload::of(std::optional<int>()).json() == "null");
  CHECK(payload::of(payload::binary("x")) == payload::binary("x"));
  CHECK(payload::json_text("[1,2]").as<std::vector<int>>() == std::vector<int>{1, 2});
  CHECK(payload::json_text("\"x\"").as<std::string>() == "x");
  CHECK(payload::json_text("3").as<double>() == 3.0);
  CHECK(payload::json_text("3.0").as<int>() == 3);
  CHECK(payload::json_text("18446744073709551615").as<std::uint64_t>() == UINT64_MAX);
  CHECK(payload::json_text("null").as<std::optional<int>>() == std::nullopt);
  CHECK(payload::json_text("{}").as<payload>().json() == "{}");
  CHECK_NOTHROW(payload::json_text("{\"more\":1}").as<nothing>());
}

TEST_CASE("twenty fields are written in an object") {
  const auto p = payload::of(many{});
  CHECK(p.value().size() == 20);
  CHECK(p.as<many>().t == 20);
}

TEST_CASE("bytes inside a struct are written as base64") {
  turn t;
  t.data = payload::binary(std::string("\x00\xff", 2));
  CHECK(payload::of(t).value()["data"] == "AP8=");
}

TEST_CASE("a type with a format of its own is a field, and alone") {
  const auto p = payload::of(card{suit::spades, {suit::hearts, suit::spades}});
  CHECK(p.json() == R"({"of":"spades","others":["hearts","spades"]})");
  CHECK(p.as<card>().others == std::vector{suit::hearts, suit::spades});
  CHECK(payload::of(suit::hearts).as<suit>() == suit::hearts);
  CHECK(wrong<card>(R"({"of":"hearts","others":["hearts","clubs"]})") == "others[1]: expected a suit");
}

TEST_CASE("a tree is a payload, and text in it that is not UTF-8 is repaired as it is outside of one") {
  const nlohmann::json tree{{"k", {1, 2.5, nullptr}}};
  CHECK(payload::of(tree).as<nlohmann::json>() == tree);
  CHECK(payload::of("a\xff\n").json() == payload::from(nlohmann::json("a\xff\n")).json());
}

TEST_CASE("numbers are written as they are, and read at the ends of their range") {
  CHECK(payload::of(std::vector<std::int64_t>{INT64_MIN, INT64_MAX}).json() == "[-9223372036854775808,9223372036854775807]");
  CHECK(payload::of(UINT64_MAX).as<std::uint64_t>() == UINT64_MAX);
  CHECK(payload::of(INT64_MIN).as<std::int64_t>() == INT64_MIN);
  CHECK(payload::of(1.5f).as<float>() == 1.5f);
  CHECK(payload::of(std::int8_t{-7}).as<double>() == -7.0);
}

TEST_CASE("what is wrong is named by its path") {
  CHECK(wrong<move>("{\"x\":1}") == "y: missing");
  CHECK(wrong<move>("[]") == "data: expected an object");
  CHECK(wrong<move>("{\"x\":\"1\",\"y\":1}") == "x: expected an integer");
  CHECK(wrong<move>("{\"x\":1.5,\"y\":1}") == "x: expected an integer");
  CHECK(wrong<move>("{\"x\":null,\"y\":1}") == "x: expected an integer");
  CHECK(wrong<int>("true") == "data: expected an integer");
  CHECK(wrong<bool>("1") == "data: expected true or false");
  CHECK(wrong<double>("\"1\"") == "data: expected a number");
  CHECK(wrong<std::string>("1") == "data: expected a string");
  CHECK(wrong<turn>(R"({"who":"a","to":{"x":1}})") == "to.y: missing");
  CHECK(wrong<turn>(R"({"who":"a","to":{"x":1,"y":2},"before":[{"x":1,"y":1},{"x":{},"y":1}]})") ==
        "before[1].x: expected an integer");
  CHECK(wrong<turn>(R"({"who":"a","to":{"x":1,"y":2},"before":[],"speed":"fast"})") == "speed: expected a number");
  CHECK(wrong<turn>(R"({"who":"a","to":{"x":1,"y":2},"before":[],"flags":{"up":1}})") ==
        "flags.up: expected true or false");
  CHECK(wrong<std::vector<int>>(R"([1,"x"])") == "data[1]: expected an integer");
  CHECK_THROWS_WITH(payload::json_text("[]").as<move>("params"), "params: expected an object");
  CHECK((wrong<std::map<std::string, std::vector<std::vector<int>>>>(R"({"a":[[1],[2,"x"]]})") ==
         "a[1][1]: expected an integer"));
}

TEST_CASE("what may have another shape is read if it has the right one") {
  CHECK(payload::json_text("true").try_as<bool>() == true);
  CHECK(payload::json_text("1").try_as<bool>() == std::nullopt);
  CHECK_FALSE(payload::json_text(R"({"x":1})").try_as<move>());
  CHECK(payload::json_text(R"({"x":1,"y":2})").try_as<move>()->y == 2);
}

TEST_CASE("integers are checked against the range of their field") {
  CHECK(wrong<std::int8_t>("127") == "nothing");
  CHECK(wrong<std::int8_t>("128") == "data: expected an integer from -128 to 127");
  CHECK(wrong<std::int8_t>("-129") == "data: expected an integer from -128 to 127");
  CHECK(wrong<std::uint32_t>("-1") == "data: expected an integer from 0 to 4294967295");
  CHECK(wrong<std::int64_t>("9223372036854775808") ==
        "data: expected an integer from -9223372036854775808 to 9223372036854775807");
  CHECK(wrong<std::uint8_t>("256.0") == "data: expected an integer from 0 to 255");
  CHECK(wrong<std::int64_t>("1e300") == "data: expected an integer");
}

} // namespace troupe::protocol::test
