#include "protocol/wire_form.hpp"
#include "protocol/wire_forms/frame.hpp"
#include "tests/protocol/golden_file.hpp"

#include <catch2/catch.hpp>

namespace troupe::protocol::test {

TEST_CASE("a frame has the shortest header, whatever was expected") {
  const std::pair<std::size_t, const char*> cases[] = {
      {0, "81 00 "},         {1, "81 01 "},         {125, "81 7d "},
      {126, "81 7e 00 7e "}, {127, "81 7e 00 7f "}, {65535, "81 7e ff ff "},
      {65536, "81 7f 00 00 00 00 00 01 00 00 "}};
  for (const auto& [bytes, header] : cases)
    for (const std::size_t expected : {std::size_t{0}, std::size_t{125}, std::size_t{126}, std::size_t{65535}, std::size_t{65536}}) {
      CAPTURE(bytes, expected);
      std::string out = "before";
      append_frame(out, opcode::text, expected, [&](std::string& body) { body.append(bytes, 'x'); });
      const auto header_bytes = frame_header_bytes(bytes);
      CHECK(to_hex(out.substr(6, header_bytes)) == header);
      CHECK(out.substr(0, 6) == "before");
      CHECK(out.substr(6 + header_bytes) == std::string(bytes, 'x'));
    }
}

TEST_CASE("text that an application says is never sent as bad UTF-8") {
  const error e{{}, {error_code::refused, "no \xff\xc3 way \xe2\x82"}, ""};
  CHECK(to_json(e) == "{\"type\":\"error\",\"code\":\"refused\",\"message\":\"no \xef\xbf\xbd\xef\xbf\xbd way "
                      "\xef\xbf\xbd\xef\xbf\xbd\"}");
  std::string out;
  get(wire_form_id::ws_msgpack).message(out, e);
  CHECK(out.find('\xff') == std::string::npos);
}

} // namespace troupe::protocol::test
