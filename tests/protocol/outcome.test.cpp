#include <troupe/outcome.hpp>

#include <catch2/catch.hpp>

#include <memory>
#include <variant>
#include <vector>

namespace troupe::protocol::test {

namespace {

struct profile {
  std::string name;
  int age = 0;
  TROUPE_FIELDS(name, age)
};

/// Keeps what it was told, which is no refusal.
struct kept_answer final : promise::sink {
  void settle(std::variant<payload, failure> result) override { told.push_back(std::get<payload>(result)); }
  std::vector<payload> told;
};

} // namespace

TEST_CASE("a handler answers with a struct, a number, text, a container or a payload") {
  CHECK(reply(profile{"Ada", 36}).data()->json() == R"({"age":36,"name":"Ada"})");
  CHECK(accept(profile{"Ada", 36}).data()->as<profile>().age == 36);
  CHECK(reply(7).data()->json() == "7");
  CHECK(reply("yes").data()->json() == "\"yes\"");
  CHECK(accept(std::vector{1, 2}).data()->json() == "[1,2]");
  CHECK(accept(std::optional<int>{}).data()->json() == "null");
  CHECK(reply(payload::binary("x")).data()->encoding() == encoding::bytes);
  CHECK(accept().data()->is_null());
  CHECK(accept({}).data()->is_null());
}

TEST_CASE("an answer with presence and after_save has all three") {
  const auto said = accept(1).presence(profile{"Ada", 36}).after_save();
  CHECK(said.data()->json() == "1");
  CHECK(said.presence().as<profile>().name == "Ada");
  CHECK(said.waits_for_save());
  CHECK(accept().presence(payload::json_text("[]")).presence().json() == "[]");
}

TEST_CASE("a promise is kept with a struct as with a payload") {
  const auto sink = std::make_shared<kept_answer>();
  const promise p{sink};
  p.reply(profile{"Ada", 36});
  p.reply("text");
  p.reply(payload::json_text("1"));
  p.reply();
  REQUIRE(sink->told.size() == 4);
  CHECK(sink->told[0].as<profile>().name == "Ada");
  CHECK(sink->told[1].json() == "\"text\"");
  CHECK(sink->told[2].json() == "1");
  CHECK(sink->told[3].is_null());
}

} // namespace troupe::protocol::test
