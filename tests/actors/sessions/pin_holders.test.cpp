#include "actors/sessions/pin_holders.hpp"

#include "actors/sessions/log_budget.hpp"
#include "shard_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace std::chrono_literals;

namespace {

/// Chunks that a log has let go of, and one that it holds.
struct chunks {
  chunks() { log.restart({"e", 0}); }

  transports::chunk_ptr held(std::size_t bytes) {
    publication p;
    p.offset = log.head_offset() + 1;
    p.data = payload::json_text("\"" + std::string(bytes, 'x') + "\"");
    log.append(std::make_shared<const publication>(std::move(p)));
    return log.read(log.head() - 1, log.head(), protocol::wire_form_id::ws_json, {}, 1).bytes.owner;
  }
  transports::chunk_ptr let_go(std::size_t bytes) {
    auto made = held(bytes);
    log.restart({"e", log.head_offset()});
    return made;
  }

  log_budget total{1 << 20};
  channel_log log{"room:1", {}, total};
};

using order = std::vector<std::size_t>;

void add(pin_holders& to, std::vector<const transports::chunk*> all, std::chrono::milliseconds nothing_for = 5s) {
  to.add(all, nothing_for);
}

} // namespace

TEST_CASE("who holds most makes way, as far as it is needed, and nobody who holds nothing", "[shard]") {
  chunks c;
  const auto large = c.let_go(30'000), small = c.let_go(10'000), smaller = c.let_go(5'000), of_log = c.held(40'000);
  pin_holders who;
  add(who, {small.get()});
  add(who, {of_log.get()});
  add(who, {large.get(), large.get()});
  add(who, {smaller.get()});
  SECTION("little") { CHECK(who.to_free(1) == order{2}); }
  SECTION("more") { CHECK(who.to_free(31'000) == order{2, 0}); }
  SECTION("more than there is") { CHECK(who.to_free(1'000'000) == order{2, 0, 3}); }
}

TEST_CASE("a chunk in many sockets comes free with the last, and each has its share of it", "[shard]") {
  chunks c;
  const auto shared = c.let_go(10'000), own = c.let_go(8'000);
  pin_holders who;
  add(who, {shared.get()}, 5s);
  add(who, {shared.get()}, 6s);
  add(who, {own.get()});
  SECTION("one is enough") { CHECK(who.to_free(8'000) == order{2}); }
  SECTION("it takes all") { CHECK(who.to_free(9'000) == order{2, 1, 0}); }
}

TEST_CASE("who takes something makes way only where those who take nothing are not enough", "[shard]") {
  chunks c;
  const auto large = c.let_go(30'000), small = c.let_go(5'000);
  pin_holders who;
  add(who, {large.get()}, 0s);
  add(who, {small.get()}, 2s);
  SECTION("they are enough") { CHECK(who.to_free(5'000) == order{1}); }
  SECTION("they are not") { CHECK(who.to_free(20'000) == order{1, 0}); }
}
