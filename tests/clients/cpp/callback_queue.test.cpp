// Where callbacks run, in which order, and how that ends.

#include "clients/cpp/face/callback_queue.hpp"

#include <catch2/catch.hpp>

#include <future>

namespace troupe::clients::test {

namespace {

using words = std::vector<std::string>;

callback_queue::settings quietly() {
  callback_queue::settings how;
  how.post_to_loop = [](const callback_queue::work& what) { what(); };
  how.failed = [](const std::string&) {};
  return how;
}

std::shared_ptr<callback_queue> polled(std::size_t limit = 100) {
  auto how = quietly();
  how.polled = true;
  how.limit = limit;
  return std::make_shared<callback_queue>(std::move(how));
}

} // namespace

TEST_CASE("callbacks run in their order on a thread of their own") {
  const auto queue = std::make_shared<callback_queue>(quietly());
  queue->start();
  std::vector<int> ran;
  std::thread::id where;
  std::promise<void> last;
  for (int i = 0; i < 100; ++i)
    queue->put([&, i] { ran.push_back(i); });
  queue->put([&] {
    where = std::this_thread::get_id();
    last.set_value();
  });
  last.get_future().get();
  queue->close();
  CHECK(where != std::this_thread::get_id());
  CHECK(ran.size() == 100);
  CHECK(std::is_sorted(ran.begin(), ran.end()));
}

TEST_CASE("an executor is given work when there is some, not for each callback, and one runs at a time") {
  std::vector<callback_queue::work> given;
  auto how = quietly();
  how.run_by = [&](callback_queue::work what) { given.push_back(std::move(what)); };
  const auto queue = std::make_shared<callback_queue>(std::move(how));
  std::vector<int> ran;
  for (int i = 0; i < 3; ++i)
    queue->put([&, i] { ran.push_back(i); });
  CHECK(given.size() == 1);
  given[0]();
  CHECK(ran == std::vector<int>{0, 1, 2});
  queue->put([&] {
    ran.push_back(3);
    queue->put([&] { ran.push_back(4); });
    CHECK(queue->run() == 0); // not within another
  });
  REQUIRE(given.size() == 2);
  given[1]();
  CHECK(ran == std::vector<int>{0, 1, 2, 3, 4});
  queue->put([&] { ran.push_back(5); });
  CHECK(given.size() == 3);
  queue->close();
  given[2]();
  CHECK(ran.size() == 5);
}

TEST_CASE("past its limit it is not open, and readers go on once half of it has run") {
  const auto queue = polled(4);
  int opened = 0;
  for (int i = 0; i < 3; ++i)
    queue->put([] {});
  CHECK(queue->is_open());
  queue->when_open([&] { ++opened; });
  CHECK(opened == 1);
  std::vector<bool> open_when_run;
  queue->put([] {});
  CHECK_FALSE(queue->is_open());
  queue->when_open([&] { ++opened; });
  CHECK(opened == 1);
  CHECK(queue->run() == 4);
  CHECK(opened == 2);
  CHECK(queue->is_open());
}

TEST_CASE("a callback that throws fails alone, and is told") {
  words told;
  auto how = quietly();
  how.polled = true;
  how.failed = [&](const std::string& why) { told.push_back(why); };
  const auto queue = std::make_shared<callback_queue>(std::move(how));
  bool ran = false;
  queue->put([] { throw std::runtime_error("mine"); });
  queue->put([] { throw 7; });
  queue->put([&] { ran = true; });
  CHECK(queue->run() == 3);
  CHECK(told == words{"mine", "something that is no std::exception"});
  CHECK(ran);
}

TEST_CASE("close drops what waits, then waits for the callback that runs; none begins after it") {
  const auto queue = polled();
  std::promise<void> begun;
  auto dropped = std::make_shared<std::promise<void>>();
  auto is_dropped = dropped->get_future();
  std::atomic<bool> ended = false, another = false;
  queue->put([&] {
    begun.set_value();
    is_dropped.wait(); // until nobody holds its promise any more
    for (int i = 0; i < 1000; ++i)
      std::this_thread::yield();
    ended = true;
  });
  queue->put([&another, dropped = std::move(dropped)] { another = true; });
  std::thread runs{[&] { queue->run(); }};
  begun.get_future().get();
  queue->close();
  CHECK(ended);
  queue->put([&] { another = true; });
  runs.join();
  CHECK(queue->run() == 0);
  CHECK_FALSE(another);
}

TEST_CASE("a callback may close the queue that it runs in, whatever runs it") {
  for (const bool by_thread : {true, false}) {
    auto queue = by_thread ? std::make_shared<callback_queue>(quietly()) : polled();
    std::promise<void> closed;
    auto done = closed.get_future();
    queue->start();
    queue->put([&] {
      queue->close();
      queue.reset(); // and the last handle to it
      closed.set_value();
    });
    if (!by_thread)
      std::shared_ptr { queue } -> run();
    done.get();
    CHECK_FALSE(queue);
  }
}

} // namespace troupe::clients::test
