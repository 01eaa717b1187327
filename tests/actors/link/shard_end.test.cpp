#include "actors/link/shard_end.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace troupe;
using namespace troupe::actors;
using namespace std::chrono_literals;

namespace {

struct far_channel {
  explicit far_channel(config::limit_settings how = {}) : limits(how), end({1, 2, 3, 4}, limits) {}

  bool ask(std::uint64_t who, std::size_t bytes = 0, bool must = false, shard_end::time_point due = shard_end::never) {
    channel_command c;
    c.from = session_id{who};
    c.id = static_cast<std::int64_t>(who);
    protocol::publish p;
    p.data = payload::json_text("\"" + std::string(bytes, 'x') + "\"");
    c.body = std::move(p);
    return end.send(std::move(c), must, due);
  }
  effect_batch batch(batch_number number, std::size_t bytes = 0) const {
    effect_batch b;
    b.to = end.id();
    b.number = number;
    b.bytes = bytes;
    return b;
  }
  std::vector<std::uint64_t> complete(const std::vector<command_number>& done) { return who(end.complete(done)); }
  static std::vector<std::uint64_t> who(const std::vector<command_under_way>& all) {
    std::vector<std::uint64_t> list;
    for (const auto& c : all)
      list.push_back(c.from.value());
    return list;
  }

  config::limit_settings limits;
  shard_end end;
};

using list = std::vector<std::uint64_t>;
constexpr shard_end::time_point start{1h};

} // namespace

TEST_CASE("commands go in one batch, numbered as they were sent", "[link]") {
  far_channel c;
  CHECK(c.end.take_batch() == nullptr);
  CHECK(c.ask(1));
  CHECK(c.ask(2));
  auto batch = c.end.take_batch();
  REQUIRE(batch);
  CHECK(batch->from == link_id{1, 2, 3, 4});
  CHECK(batch->first == 1);
  CHECK(batch->commands.size() == 2);
  CHECK(c.end.take_batch() == nullptr); // an empty one says nothing
  CHECK(c.ask(3));
  CHECK(c.end.take_batch()->first == 3);
}

TEST_CASE("past channel_commands or channel_command_bytes nothing is taken but what must go", "[link]") {
  config::limit_settings limits;
  SECTION("commands") {
    limits.channel_commands = 3;
    far_channel c{limits};
    for (std::uint64_t i = 1; i <= 3; ++i)
      CHECK(c.ask(i));
    CHECK_FALSE(c.ask(4));
    CHECK(c.ask(5, 0, true));
    CHECK(c.end.under_way() == 4);
    CHECK(c.complete({1, 2}) == list{1, 2});
    CHECK(c.ask(6));
    CHECK_FALSE(c.ask(7));
  }
  SECTION("bytes") {
    limits.channel_command_bytes = 18'000;
    far_channel c{limits};
    CHECK(c.ask(1, 6'000));
    CHECK_FALSE(c.ask(2, 6'000));
    CHECK(c.ask(3, 2'000));
    const auto held = c.end.bytes_under_way();
    CHECK(held > 8'000);
    CHECK(c.ask(4, 6'000, true));
    CHECK(c.end.bytes_under_way() > held + 6'000);
    (void)c.end.take_batch(); // sent is not done
    CHECK_FALSE(c.ask(5, 2'000));
    CHECK(c.complete({1, 2, 3}) == list{1, 3, 4});
    CHECK(c.end.bytes_under_way() == 0);
    CHECK(c.ask(6, 6'000));
  }
}

TEST_CASE("what comes twice or late is known, and what is missing is noticed", "[link]") {
  far_channel c;
  using arrival = shard_end::arrival;
  CHECK(c.end.arrive(c.batch(1)) == arrival::fresh);
  CHECK(c.end.arrive(c.batch(1)) == arrival::known);
  CHECK(c.end.arrive(c.batch(2)) == arrival::fresh);
  CHECK(c.end.arrive(c.batch(4)) == arrival::hole);
  CHECK(c.end.arrive(c.batch(1)) == arrival::known);
  const auto late = c.batch(3);
  (void)c.end.renew({1, 2, 3, 5}, false);
  CHECK(c.end.arrive(late) == arrival::known);
  CHECK(c.end.arrive(c.batch(1)) == arrival::fresh);
  auto broken = c.batch(0);
  broken.broken = true;
  CHECK(c.end.arrive(broken) == arrival::hole);
}

TEST_CASE("completions name commands, each is completed once", "[link]") {
  far_channel c;
  for (const std::uint64_t who : {1, 1, 2, 1})
    CHECK(c.ask(who));
  CHECK(c.complete({2, 2, 9}) == list{1});
  CHECK(c.end.answer(1));
  CHECK_FALSE(c.end.answer(1));
  CHECK_FALSE(c.end.answer(2));
  CHECK(c.complete({2}).empty());
  CHECK(c.complete({4, 1}) == list{1, 1});
  CHECK(c.end.under_way() == 1);
  const auto lost = c.end.renew({1, 2, 3, 5}, false);
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].number == 3);
  CHECK(c.end.idle());
  CHECK(c.end.bytes_under_way() == 0);
}

TEST_CASE("what was taken is told with commands, or before the channel runs out of credit", "[link]") {
  config::limit_settings limits;
  limits.link_batches = 16;
  limits.link_bytes = 8'000;
  far_channel c{limits};
  CHECK(c.end.arrive(c.batch(1)) == shard_end::arrival::fresh);
  CHECK(c.end.take_batch() == nullptr);
  CHECK(c.ask(1));
  CHECK(c.end.take_batch()->effects_taken == 1);
  CHECK(c.end.arrive(c.batch(2)) == shard_end::arrival::fresh);
  CHECK_FALSE(c.end.owes_word());
  CHECK(c.end.arrive(c.batch(3)) == shard_end::arrival::fresh);
  CHECK(c.end.owes_word());
  const auto word = c.end.take_batch();
  REQUIRE(word);
  CHECK(word->commands.empty());
  CHECK(word->effects_taken == 3);
  CHECK(word->first == 2);
  CHECK(c.end.take_batch() == nullptr);
  CHECK(c.end.arrive(c.batch(4, 1'000)) == shard_end::arrival::fresh);
  CHECK(c.end.take_batch()->effects_taken == 4);
}

TEST_CASE("a command is due once, and its late answer comes to nobody", "[link]") {
  far_channel c;
  CHECK(c.end.next_deadline() == shard_end::never);
  CHECK(c.ask(1, 0, false, start + 2s));
  CHECK(c.ask(2, 0, false, start + 1s));
  CHECK(c.ask(3));
  CHECK(c.ask(4, 0, false, start + 1s));
  CHECK(c.end.next_deadline() == start + 1s);
  CHECK(c.end.answer(4));
  CHECK(c.end.expire(start).empty());
  CHECK(far_channel::who(c.end.expire(start + 1s)) == list{2});
  CHECK(c.end.expire(start + 1s).empty());
  CHECK(c.end.next_deadline() == start + 2s);
  CHECK_FALSE(c.end.answer(2));
  const auto done = c.end.complete({1, 2, 3, 4});
  REQUIRE(done.size() == 4);
  CHECK(done[1].timed_out);
  CHECK_FALSE(done[0].timed_out);
  CHECK(c.end.expire(start + 1h).empty());
  CHECK(c.end.next_deadline() == shard_end::never);
}

TEST_CASE("a link that is named anew begins at one, and greets if there is somebody to greet", "[link]") {
  far_channel c;
  CHECK(c.ask(1));
  (void)c.end.take_batch();
  CHECK(c.ask(2));
  SECTION("somebody is there") {
    CHECK(far_channel::who(c.end.renew({1, 2, 3, 9}, true)) == list{1, 2});
    const auto batch = c.end.take_batch();
    REQUIRE(batch);
    CHECK(batch->from.slot == 9);
    CHECK(batch->first == 1);
    CHECK(batch->commands.empty());
  }
  SECTION("nobody is there yet") {
    CHECK(c.end.renew({1, 2, 3, 9}, false).size() == 2);
    CHECK(c.end.take_batch() == nullptr);
    CHECK(c.ask(3));
    CHECK(c.end.take_batch()->first == 1);
  }
}

TEST_CASE("a link with commands under way that says nothing is asked", "[link]") {
  far_channel c;
  CHECK_FALSE(c.end.has_been_silent());
  CHECK(c.ask(1));
  (void)c.end.take_batch();
  CHECK(c.end.has_been_silent());
  c.end.probe();
  const auto batch = c.end.take_batch();
  REQUIRE(batch);
  CHECK(batch->probe);
  CHECK(batch->first == 2);
  CHECK(c.end.arrive(c.batch(1)) == shard_end::arrival::fresh);
  CHECK_FALSE(c.end.has_been_silent());
  CHECK(c.complete({1}) == list{1});
  CHECK_FALSE(c.end.has_been_silent());
}
