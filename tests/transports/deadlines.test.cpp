#include <utility>

#include "tests/transports/client.hpp"
#include "transports/deadlines.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace troupe::transports::test {

namespace {

using std::chrono::milliseconds;

struct entry final : deadline_entry {
  void on_deadline() override {
    ++calls;
    if (then)
      then();
  }
  int calls = 0;
  std::function<void()> then;
};

/// Runs until `done` or patience is over.
void run_until(boost::asio::io_context& context, const std::function<bool()>& done) {
  while (!done() && context.run_one_for(patience) != 0) {
  }
  REQUIRE(done());
}

} // namespace

TEST_CASE("deadlines come in order of entering, and only to those who stayed") {
  boost::asio::io_context context;
  const auto queue = std::make_shared<deadlines>(context, milliseconds{5});
  entry a, b, c, gone;
  std::string order;
  a.then = [&] { order += 'a'; };
  b.then = [&] { order += 'b'; };
  c.then = [&] { order += 'c'; };
  queue->enter(a);
  queue->enter(gone);
  queue->enter(b);
  queue->enter(c);
  queue->enter(a); // once more from the start
  gone.leave_deadline();
  run_until(context, [&] { return a.calls != 0; });
  CHECK(order == "bca");
  CHECK(gone.calls == 0);
}

TEST_CASE("within a deadline others may leave, enter again and die") {
  boost::asio::io_context context;
  const auto queue = std::make_shared<deadlines>(context, milliseconds{1});
  entry a, last;
  auto dies = std::make_unique<entry>();
  a.then = [&] {
    dies = nullptr;
    if (a.calls < 3)
      queue->enter(a);
  };
  queue->enter(a);
  queue->enter(*dies);
  queue->enter(last);
  run_until(context, [&] { return a.calls == 3; });
  CHECK(last.calls == 1);
}

TEST_CASE("closed deadlines call nobody") {
  boost::asio::io_context context;
  entry a;
  {
    const auto queue = std::make_shared<deadlines>(context, milliseconds{0});
    queue->enter(a);
    queue->close();
    queue->enter(a);
  }
  context.run();
  CHECK(a.calls == 0);
}

} // namespace troupe::transports::test
