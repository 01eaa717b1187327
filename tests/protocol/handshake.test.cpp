#include <troupe/handshake.hpp>

#include <catch2/catch.hpp>

using troupe::handshake;

namespace {

handshake with(handshake::fields headers, handshake::fields query = {}) {
  handshake::facts facts;
  facts.headers = std::move(headers);
  facts.query = std::move(query);
  return {std::move(facts), {}};
}

} // namespace

TEST_CASE("a cookie is found by its whole name, in any of the Cookie fields, without its quotes") {
  const auto who = with({{"cookie", "login2=b; login=\"a b\";empty=; flag"}, {"cookie", "last = c=d "}});
  CHECK(who.cookie("login") == "a b");
  CHECK(who.cookie("login2") == "b");
  CHECK(who.cookie("last") == "c=d");
  CHECK(who.cookie("empty").empty());
  CHECK(who.cookie("flag").empty());
  CHECK(who.cookie("log").empty());
  CHECK(with({{"x-cookie", "login=a"}}).cookie("login").empty());
}

TEST_CASE("of several headers or parameters of one name a handshake gives the first, and nothing where there is none") {
  const auto who = with({{"x", "1"}, {"x", "2"}}, {{"t", "3"}, {"t", "4"}});
  CHECK(who.header("x") == "1");
  CHECK(who.parameter("t") == "3");
  CHECK(who.header("y").empty());
}

TEST_CASE("a hook's answer is who it is, a refusal, or later") {
  CHECK(troupe::connect_result{troupe::identity{"ann", {}, {}}}.who()->user == "ann");
  CHECK(troupe::connect_result{troupe::accept()}.who()->user.empty());
  CHECK(troupe::connect_result{troupe::refuse("no")}.why_not()->message == "no");
  CHECK(troupe::connect_result{troupe::outcome{troupe::later_t{}}}.why_not()->code == troupe::error_code::internal);
  const troupe::connect_result waits{troupe::later_t{}};
  CHECK_FALSE(waits.who());
  CHECK_FALSE(waits.why_not());
}
