// What a server sends is read whole, in whatever pieces it comes.

#include "tests/ledger/wire_reader.hpp"

#include <catch2/catch.hpp>

using namespace troupe::ledger;
using kind = wire_reader::kind;
using what = wire_reader::item::what;

namespace {

std::vector<wire_reader::item> read(kind of, const std::string& bytes, std::size_t step) {
  wire_reader reader{of};
  std::vector<wire_reader::item> all;
  for (std::size_t at = 0; at < bytes.size(); at += step)
    for (auto& one : reader.take(std::string_view{bytes}.substr(at, step)))
      all.push_back(std::move(one));
  return all;
}

const std::string long_text = "{\"a\":\"" + std::string(70'000, 'x') + "\"}";

} // namespace

TEST_CASE("frames, events and answers are read in pieces of any size") {
  const std::string upgraded = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
  const std::string frames = std::string{"\x81\x07{\"a\":1}"} + std::string{"\x89\x02hi"} + std::string{"\x81\x7f\0\0\0\0\0\1\x11\x78", 10} +
                             long_text + std::string{"\x82\x04\x81\xa1" "a\x02"} + std::string{"\x88\x02\x0f\xa0", 4};
  const std::string events = "HTTP/1.1 200 OK\r\n\r\nretry: 100\n\n: comment\n\nid: e-1\ndata: {\"a\":1}\n\ndata: {\"a\":2}\n\n";
  const std::string answers = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{\"a\":1}HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n";
  for (const std::size_t step : {1u, 2u, 7u, 31u, 1000u, 100'000u}) {
    INFO(step);
    const auto f = read(kind::web_socket, upgraded + frames, step);
    REQUIRE(f.size() == 6);
    CHECK(f[0].is == what::ready);
    CHECK(f[1].body["a"] == 1);
    CHECK(f[2].is == what::ping);
    CHECK(f[2].bytes == "hi");
    CHECK(f[3].body.dump() == long_text);
    CHECK(f[4].body["a"] == 2);
    CHECK(f[5].is == what::closed);
    const auto e = read(kind::events, events, step);
    REQUIRE(e.size() == 3);
    CHECK(e[0].is == what::ready);
    CHECK(e[1].body["a"] == 1);
    CHECK(e[2].body["a"] == 2);
    const auto a = read(kind::answers, answers, step);
    REQUIRE(a.size() == 2);
    CHECK(a[0].body["a"] == 1);
    CHECK(a[1].status == 401);
  }
}

TEST_CASE("an upgrade or a stream that is refused says so") {
  for (const auto of : {kind::web_socket, kind::events}) {
    const auto all = read(of, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\n{}", 5);
    REQUIRE(all.size() >= 1);
    CHECK(all[0].is == what::refused);
    CHECK(all[0].status == 503);
  }
}
