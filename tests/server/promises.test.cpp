// Promises of order, of bounds and of one encode, over real sockets.

#include "tests/server/listeners.hpp"

#include <catch2/catch.hpp>

using namespace troupe::server::test;

namespace {

/// Says the numbers first..last in turns of several publishers, without waiting.
void publish_in_turns(std::vector<std::unique_ptr<web_socket>>& publishers, const std::string& channel, int last) {
  for (int i = 1; i <= last; ++i)
    publishers[static_cast<std::size_t>(i) % publishers.size()]->say(
        {{"action", "publish"}, {"channel", channel}, {"data", i}, {"echo", false}});
}

std::vector<std::unique_ptr<web_socket>> publishers(const running_node& node, std::size_t count) {
  std::vector<std::unique_ptr<web_socket>> all;
  for (std::size_t i = 0; i < count; ++i)
    all.push_back(std::make_unique<web_socket>(node.port(), i % 2 ? as_json : as_msgpack));
  return all;
}

void check_one_order(std::size_t shards) {
  constexpr int count = 400;
  running_node node{{"--threads.shards", std::to_string(shards)}};
  const auto readers = everywhere(node, "open:a", shards);
  auto speakers = publishers(node, 4);
  publish_in_turns(speakers, "open:a", count);
  const auto first = readers.front()->hear(count);
  REQUIRE(first.size() == count);
  REQUIRE(in_order(first));
  for (const auto& r : readers) {
    INFO(r->kind);
    const auto all = r == readers.front() ? first : r->hear(count);
    CHECK(in_order(all));
    CHECK(data_of(all) == data_of(first));
    CHECK(r->gaps.empty());
  }
  for (std::size_t s = 0; s < speakers.size(); ++s) { // each publisher's own order is kept
    std::vector<int> own;
    for (const auto& h : first)
      if (h.data.get<std::size_t>() % speakers.size() == s)
        own.push_back(h.data);
    CHECK(std::is_sorted(own.begin(), own.end()));
    CHECK(own.size() == count / speakers.size());
  }
  CHECK(node.stop() == 0);
}

} // namespace

TEST_CASE("subscribers on all transports and both shards see one order") { check_one_order(2); }

TEST_CASE("subscribers on all transports see one order on a single shard") { check_one_order(1); }

TEST_CASE("a publication is encoded once per wire form and shard, however many read it") {
  constexpr std::uint64_t count = 50, shards = 2, forms = 5;
  running_node node{{"--threads.shards", "2"}};
  const auto readers = everywhere(node, "open:a", shards, 3);
  REQUIRE(readers.size() >= forms * shards * 3);
  const auto before = node.metrics();
  for (std::uint64_t i = 1; i <= count; ++i)
    node.publish("open:a", i);
  for (const auto& r : readers) {
    INFO(r->kind);
    CHECK(r->hear(count).size() == count);
  }
  const auto after = node.metrics();
  const auto grew = [&](const char* what) { return after[what].get<std::uint64_t>() - before[what].get<std::uint64_t>(); };
  CHECK(grew("publications") == count);
  CHECK(grew("publications_received") == count * shards);
  CHECK(after["encodings"].get<std::uint64_t>() - before["encodings"].get<std::uint64_t>() == count * shards * forms);
  CHECK(after["messagesSent"].get<std::uint64_t>() - before["messagesSent"].get<std::uint64_t>() >= count * readers.size());
}

TEST_CASE("clients that never read cost a bounded amount of memory, and others get everything") {
  // Readers take turns here, and what one has not read yet is safe in the log only: it keeps 1 MiB, in which a window
  // has room with all of its wire forms and the chunks around it, wherever the readers are.
  constexpr int windows = 100, in_window = 12;
  constexpr std::size_t small = 2048, growth_max = 16u << 20;
  // Who does not read is waited for half of the drain, and is not to be closed for it before, however slow this machine is.
  running_node node{{"--threads.shards", "2", "--drain.deadline", "4s", "--heartbeat.stalled", "1h"}};
  const std::string big(8 * 1024, 'x');
  const auto readers = everywhere(node, "open:a", 2); // also warms everything up
  std::vector<std::unique_ptr<web_socket>> lazy;
  for (int i = 0; i < 2; ++i) {
    lazy.push_back(std::make_unique<web_socket>(node.port(), as_json, "/ws", small, 536));
    lazy.back()->join("open:a");
  }
  std::vector<client> lazy_streams;
  for (int i = 0; i < 4; ++i) {
    lazy_streams.emplace_back(node.port(), "127.0.0.1", small, 536);
    lazy_streams.back().send(troupe::transports::test::get(i % 2 ? "/events?channel=open:a" : "/poll?channel=open:a"));
  }
  REQUIRE(eventually([&] { return node.members("open:a") == 6 + readers.size(); }));
  web_socket speaker{node.port()};
  const auto before = node.resident_bytes();
  std::size_t most = before;
  for (int w = 0; w < windows; ++w) { // 9 MiB in all, of which a log keeps 1 MiB
    for (int i = 0; i < in_window; ++i)
      speaker.say({{"action", "publish"}, {"channel", "open:a"}, {"data", big}, {"event", std::to_string(w)}});
    for (const auto& r : readers) {
      const auto heard = r->hear(in_window).size();
      INFO(r->kind << ", window " << w << ", gaps " << json(r->gaps).dump());
      REQUIRE(heard == in_window);
    }
    most = std::max(most, node.resident_bytes());
  }
  INFO("resident before " << before / 1024 << " KiB, at most " << most / 1024 << " KiB");
  if (!sanitized) // AddressSanitizer keeps what was freed
    CHECK(most - before < growth_max);
  for (const auto& r : readers) {
    INFO(r->kind);
    CHECK(r->gaps.empty());
  }
  // Who reads again is told what it missed: what it heard and what it is told add up.
  {
    const auto& l = lazy.front();
    l->line().line().set_receive_buffer(1 << 20);
    std::uint64_t at = 0, missed = 0, heard = 0;
    while (at < windows * in_window) {
      const auto m = l->hear();
      if (m["type"] != "gap" && m["type"] != "broadcast")
        continue;
      REQUIRE(m["offset"] > at);
      at = m["offset"];
      missed += m["type"] == "gap" ? m["missed"].get<std::uint64_t>() : 0;
      heard += m["type"] == "broadcast";
    }
    CHECK(missed > 0);
    CHECK(missed + heard == windows * in_window);
  }
  CHECK(node.stop() == 0);
}
