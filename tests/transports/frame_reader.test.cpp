// The table of RFC 6455 against the reader alone, however the bytes are cut.
#include "transports/frame_reader.hpp"

#include "tests/transports/rfc6455_cases.hpp"
#include "tests/transports/websocket_client.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace troupe::transports::test {

namespace {

using event = frame_reader::event;

/// What a server would say to `bytes`, in the words of the table, without the end.
std::string answers(std::string_view bytes, std::size_t step) {
  frame_reader reader(conformance_message_max);
  std::string said;
  const auto say = [&](unsigned opcode, std::string_view payload) {
    said += (said.empty() ? "" : ", ") + server_frame{opcode, std::string(payload)}.text();
  };
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::string piece(bytes.substr(at, step)); // unmasked where it lies
    std::span<char> in(piece.data(), piece.size());
    for (event e = reader.next(in); e != event::more; e = reader.next(in)) {
      if (e == event::broken)
        return said + (said.empty() ? "" : ", ") + "close " + std::to_string(static_cast<unsigned>(reader.why()));
      if (e == event::close) {
        say(8, reader.payload().substr(0, 2));
        return said;
      }
      if (e == event::message)
        say(reader.is_text() ? 1 : 2, reader.payload());
      else if (e == event::ping)
        say(10, reader.payload());
    }
    CHECK(in.empty());
    CHECK(reader.held() <= conformance_message_max);
  }
  return said;
}

std::string expected(const conformance_case& c) {
  return c.stays ? c.hears : c.hears.substr(0, c.hears.size() - std::string_view(", end").size());
}

} // namespace

TEST_CASE("frames are read as RFC 6455 says, however they are cut") {
  for (const auto& c : conformance_cases())
    for (const std::size_t step : {1ul, 2ul, 3ul, 4ul, 5ul, 6ul, 7ul, 8ul, 16ul, 31ul, 100'000ul}) {
      CAPTURE(c.name, step);
      CHECK(answers(c.bytes, step) == expected(c));
    }
}

TEST_CASE("frames that break off are more to come, or what was said before") {
  for (const auto& c : conformance_cases()) {
    if (c.bytes.size() > 300)
      continue;
    for (std::size_t n = 0; n < c.bytes.size(); ++n) {
      CAPTURE(c.name, n);
      const auto part = answers(std::string_view(c.bytes).substr(0, n), 3);
      CHECK(expected(c).substr(0, part.size()) == part);
    }
  }
}

TEST_CASE("a message that lies whole in what was read is not copied, and one in parts is let go of") {
  frame_reader reader(1000);
  std::string bytes = text_frame("hello") + text_frame("again");
  std::span<char> in(bytes.data(), bytes.size());
  REQUIRE(reader.next(in) == event::message);
  CHECK(reader.payload().data() >= bytes.data());
  CHECK(reader.payload().data() < bytes.data() + bytes.size());
  CHECK(reader.held() == 0);

  std::span<char> first = in.first(8), second = in.subspan(8);
  CHECK(reader.next(first) == event::more);
  CHECK(reader.held() == 2);
  REQUIRE(reader.next(second) == event::message);
  CHECK(reader.payload() == "again");
  CHECK(reader.next(second) == event::more);
  CHECK(reader.held() == 0);
}

} // namespace troupe::transports::test
