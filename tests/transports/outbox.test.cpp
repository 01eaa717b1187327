#include "transports/outbox.hpp"

#include "tests/seed.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <random>

#include <sys/uio.h>

namespace troupe::transports::test {

using namespace std::string_view_literals;

namespace {

chunk_ptr chunk_of(std::string bytes) {
  chunk_ptr made(new chunk);
  made->bytes = std::move(bytes);
  return made;
}

slice part(const chunk_ptr& c, std::size_t from, std::size_t n) {
  return {c, std::string_view(c->bytes).substr(from, n)};
}

std::string content(const outbox& out, std::size_t pieces = 64) {
  std::vector<iovec> into(pieces);
  std::string all;
  const std::size_t n = out.gather(into);
  for (std::size_t i = 0; i < n; ++i)
    all.append(static_cast<const char*>(into[i].iov_base), into[i].iov_len);
  return all;
}

std::size_t pieces_of(const outbox& out) {
  std::array<iovec, 1024> into{};
  return out.gather(into);
}

} // namespace

TEST_CASE("what goes in comes out in order, shared and private bytes alike") {
  outbox out;
  const auto c = chunk_of("0123456789");
  out.append("ab"sv);
  out.append(part(c, 2, 3));
  out.append("cd"sv);
  out.append(std::string_view{});
  out.append(part(c, 0, 0));
  CHECK(content(out) == "ab234cd");
  CHECK(out.size() == 7);
  out.consume(3);
  CHECK(content(out) == "34cd");
  out.append("e"sv);
  CHECK(content(out) == "34cde");
  out.consume(5);
  CHECK(out.empty());
  CHECK(out.appended() == 8);
  CHECK(out.taken() == 8);
}

TEST_CASE("neighbours become one piece") {
  outbox out;
  const auto c = chunk_of(std::string(1000, 'x'));
  for (std::size_t i = 0; i < 100; ++i)
    out.append(part(c, i * 10, 10));
  CHECK(pieces_of(out) == 1);
  for (int i = 0; i < 100; ++i)
    out.append("private"sv);
  CHECK(pieces_of(out) == 2);
  out.append(part(c, 0, 10));
  out.append(part(c, 20, 10)); // not the next one
  CHECK(pieces_of(out) == 4);
}

TEST_CASE("a chunk lives until its last byte was taken, and not longer") {
  outbox out;
  auto c = chunk_of("0123456789");
  out.append(part(c, 0, 10));
  CHECK(c->use_count() == 2);
  out.consume(9);
  CHECK(c->use_count() == 2);
  out.consume(1);
  CHECK(c->use_count() == 1);
  out.append(part(c, 0, 10));
  out.clear();
  CHECK(c->use_count() == 1);
  CHECK(out.empty());
}

TEST_CASE("a large text of its own moves in without a copy") {
  outbox out;
  std::string large(100'000, 'y');
  const char* data = large.data();
  out.append(std::move(large));
  std::array<iovec, 2> into{};
  REQUIRE(out.gather(into) == 1);
  CHECK(into[0].iov_base == data);
}

TEST_CASE("whatever is appended and taken in whatever pieces, the stream is the same") {
  const auto seed = troupe::test::seed() + GENERATE(range(0u, 5u));
  INFO("TROUPE_SEED=" << troupe::test::seed() << " run " << seed - troupe::test::seed());
  std::mt19937 random(seed);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  outbox out;
  std::string expected, got;
  chunk_ptr c = chunk_of(std::string(4096, 'c'));
  std::size_t at = 0;
  for (int i = 0; i < 5000; ++i) {
    const std::size_t n = 1 + below(60);
    if (below(2) == 0) {
      if (at + n > c->bytes.size())
        c = chunk_of(std::string(4096, static_cast<char>('A' + below(26)))), at = 0;
      out.append(part(c, at, n));
      expected += c->bytes.substr(at, n);
      at += n + below(2);
    } else {
      const std::string text(n, static_cast<char>('a' + below(26)));
      out.append(std::string_view(text));
      expected += text;
    }
    if (below(3) == 0 && !out.empty()) {
      const std::size_t taken = std::min<std::size_t>(out.size(), 1 + below(200));
      got += content(out, 1024).substr(0, taken);
      if (got.size() != out.taken() + taken)
        FAIL("one gathering holds less than what is taken");
      out.consume(taken);
    }
  }
  while (!out.empty()) {
    const std::string some = content(out, 3);
    got += some;
    out.consume(some.size());
  }
  CHECK(got == expected);
}

} // namespace troupe::transports::test
