#include "clients/cpp/network/node_address.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

namespace troupe::clients::test {

TEST_CASE("a node's address says host, port, path and whether there is TLS") {
  const auto plain = node_address::of("http://127.0.0.1:8080");
  CHECK(plain.host == "127.0.0.1");
  CHECK(plain.port == "8080");
  CHECK(plain.path == "/");
  CHECK_FALSE(plain.is_tls);
  CHECK(plain.authority() == "127.0.0.1:8080");
  const auto secure = node_address::of("wss://node.example/app");
  CHECK(secure.is_tls);
  CHECK(secure.port == "443");
  CHECK(secure.path == "/app/");
  CHECK(secure.authority() == "node.example");
  const auto six = node_address::of("ws://[::1]:81/");
  CHECK(six.host == "::1");
  CHECK_FALSE(six.is_tls);
  CHECK(node_address::of("https://a").is_tls);
  CHECK(six.authority() == "[::1]:81");
  for (const char* bad : {"", "ftp://a", "http://", "http://a:x", "http://a:0", "http://a:99999", "http://[::1",
                          "http://a b", "http://u@a", "http://a/?b", "http://a:80x/"})
    CHECK_THROWS_AS(node_address::of(bad), std::invalid_argument);
}

} // namespace troupe::clients::test
