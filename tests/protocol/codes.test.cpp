#include "protocol/error_code.hpp"

#include <troupe/publication.hpp>

#include <catch2/catch.hpp>

#include <set>

namespace troupe::protocol::test {

TEST_CASE("every error code has a name of its own and an HTTP status") {
  const std::set<int> allowed{400, 401, 403, 404, 409, 413, 429, 500, 503, 504};
  std::set<std::string_view> names;
  for (int i = 0; i < error_code_count; ++i) {
    const auto code = static_cast<error_code>(i);
    names.insert(to_string(code));
    CHECK(allowed.count(http_status(code)) == 1);
  }
  CHECK(names.size() == error_code_count);
  CHECK(to_string(error_code::bad_message) == "bad_message");
  CHECK(to_string(error_code::not_joined) == "not_joined");
  CHECK(to_string(error_code::internal) == "internal");
  CHECK(http_status(error_code::internal) == 500);
}

TEST_CASE("what another try may change says after which pause") {
  for (int i = 0; i < error_code_count; ++i) {
    const auto code = static_cast<error_code>(i);
    const bool passing = code == error_code::busy || code == error_code::unavailable || code == error_code::limit;
    CHECK(retry_after({code, ""}).has_value() == passing);
    CHECK(retry_after({code, "", std::chrono::milliseconds{1700}}) == 1700);
    CHECK(retry_after_seconds({code, "", std::chrono::milliseconds{1700}}) == 2);
  }
  CHECK(retry_after_seconds({error_code::busy, ""}) == 1);
}

TEST_CASE("a client may come back unless it broke the rules or was sent away") {
  using enum close_code;
  for (const auto code : {none, going_away, internal, heartbeat_lost, overflow, too_fast})
    CHECK(may_retry(code));
  for (const auto code : {normal, protocol_error, bad_payload, too_large, kicked})
    CHECK_FALSE(may_retry(code));
}

TEST_CASE("every close code has a reason that fits a close frame") {
  using enum close_code;
  for (const auto code :
       {none, normal, going_away, protocol_error, bad_payload, too_large, internal, replaced, heartbeat_lost, overflow, kicked, too_fast}) {
    CHECK_FALSE(default_reason(code).empty());
    CHECK(default_reason(code).size() <= 123);
  }
}

TEST_CASE("a session's name reads back, and nothing else does") {
  for (const std::uint64_t value : {std::uint64_t{1}, std::uint64_t{9}, UINT64_MAX}) {
    CHECK(parse_session_id(to_string(session_id{value})) == session_id{value});
  }
  CHECK(to_string(session_id{9}) == "s9");
  CHECK(to_string(session_id{0, 3, 9}) == "s9-3");
  CHECK(to_string(session_id{5, 0, 9}) == "s9-0-5");
  CHECK(to_string(session_id{65535, 255, 1}) == "s1-255-65535");
  for (const char* bad : {"", "s", "9", "s0", "s09", "s-1", "s1x", "S1", " s1", "s18446744073709551616", "s1099511627776",
                          "s0-1", "s9-", "s9-0", "s9-01", "s9-256", "s9-1-", "s9-1-0", "s9-1-65536", "s9-1-2-3", "s9--1"})
    CHECK_FALSE(parse_session_id(bad));
}

TEST_CASE("a session's fields come back as they were put in") {
  const session_id id{700, 31, 123'456'789'012};
  CHECK(id.node() == 700);
  CHECK(id.shard() == 31);
  CHECK(id.counter() == 123'456'789'012);
  CHECK(session_id{id.value()} == id);
  CHECK(parse_session_id(to_string(id)) == id);
  CHECK(session_id{0, 1, 5} != session_id{0, 2, 5});
  CHECK_FALSE(session_id{});
}

} // namespace troupe::protocol::test
