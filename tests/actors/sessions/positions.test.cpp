// Where a reader stands, under everything that can happen to a log at once: whatever it does not read it is told.

#include "shard_fixture.hpp"
#include "tests/seed.hpp"

#include <deque>
#include <map>
#include <random>
#include <set>
#include <sstream>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

constexpr offset_t history = 12;
constexpr std::size_t page_items = 3;

/// A channel that keeps the last few publications, and says nothing to a shard where nobody is in.
class model_channel {
 public:
  explicit model_channel(shard_fixture& shard) : shard_(shard) {}

  [[nodiscard]] offset_t head() const { return head_; }

  void publish() {
    ++head_;
    if (members_.empty())
      passed_over_ = true;
    else
      said_.push_back(published{shard_fixture::publication(head_)});
  }

  /// Takes the commands that the shard has sent.
  void work() {
    std::istringstream all{shard_.commands()};
    for (std::string one; std::getline(all, one, ';');)
      obey(one);
  }

  /// Some of what was said arrives.
  void arrive(std::size_t effects) {
    std::vector<effect> now;
    for (; effects > 0 && !said_.empty(); --effects) {
      now.push_back(std::move(said_.front()));
      said_.pop_front();
    }
    shard_.take(std::move(now));
  }
  void arrive_all() { arrive(said_.size()); }

 private:
  void obey(const std::string& command) {
    std::istringstream words{command};
    std::string who, what, since;
    words >> who >> what >> since;
    const session_id from = *parse_session_id(who);
    if (what == "join")
      let_in(from, since == "since");
    else if (what == "leave" && members_.erase(from) != 0)
      said_.push_back(left{from, {std::int64_t{2}, "room:1", "left"}, leave_reason::left});
    else if (what == "read")
      said_.push_back(read_page{from, after(std::stoull(since))});
  }

  void let_in(session_id who, bool from_before) {
    if (std::exchange(passed_over_, false))
      said_.push_back(skipped{{"e", head_}});
    members_.insert(who);
    const auto at = from_before ? first_kept() - 1 : head_;
    joined in{who, {std::int64_t{1}, "room:1", {"e", at}, {}, {}}, {}, false, head_};
    if (from_before) {
      in.what.recovered = true;
      in.replay = after(at);
    }
    said_.push_back(std::move(in));
  }

  page after(offset_t since) {
    page found;
    if (since + 1 < first_kept()) {
      found.missed = protocol::gap{"room:1", {"e", first_kept() - 1}, first_kept() - 1 - since};
      since = first_kept() - 1;
    }
    while (since < head_ && found.items.size() < page_items)
      found.items.push_back(shard_fixture::publication(++since));
    found.last = since == head_;
    return found;
  }

  [[nodiscard]] offset_t first_kept() const { return head_ > history ? head_ - history + 1 : 1; }

  shard_fixture& shard_;
  std::deque<effect> said_;
  std::set<session_id> members_;
  offset_t head_ = 0;
  bool passed_over_ = true;
};

/// Follows what one client reads; throws if something is missing that it was not told.
class follower {
 public:
  void read(const std::string& text) {
    std::istringstream all{text};
    for (std::string one; std::getline(all, one, ';');) {
      heard_ += one + ';';
      hear(one);
    }
  }
  [[nodiscard]] bool in() const { return in_; }
  [[nodiscard]] offset_t at() const { return at_; }
  [[nodiscard]] const std::string& heard() const { return heard_; }

 private:
  void hear(const std::string& one) {
    std::istringstream words{one};
    std::string what;
    words >> what;
    if (what == "subscribed") {
      words >> at_;
      in_ = true;
    } else if (what == "unsubscribed") {
      in_ = false;
    } else if (what == "gap") {
      offset_t to = 0, missed = 0;
      words >> to >> missed; // "-3" wraps
      REQUIRE(to == at_ + (0 - missed));
      at_ = to;
    } else if (what.starts_with('+')) {
      REQUIRE(std::stoull(what.substr(1)) == at_ + 1);
      ++at_;
    }
  }

  bool in_ = false;
  offset_t at_ = 0;
  std::string heard_;
};

void live_a_life(std::mt19937& dice, config::overflow_policy policy) {
  config::settings how;
  how.limits.log_entries = 5;
  how.namespaces.push_back({});
  how.namespaces.back().overflow = policy;
  shard_fixture shard{how};
  model_channel channel{shard};
  std::map<std::uint64_t, follower> clients;
  for (int i = 0; i < 4; ++i)
    clients[shard.open()];
  shard.subscribe(clients.begin()->first);
  shard.found();
  const auto chance = [&](unsigned percent) { return dice() % 100 < percent; };
  const auto any = [&] { return std::next(clients.begin(), static_cast<std::ptrdiff_t>(dice() % clients.size()))->first; };
  for (int step = 0; step < 300; ++step) {
    if (chance(50))
      channel.publish();
    if (chance(60))
      channel.work();
    if (chance(60))
      channel.arrive(dice() % 8);
    if (chance(20))
      shard.subscribe(any(), chance(50) ? std::optional{position{"e", 0}} : std::nullopt);
    if (chance(10))
      shard.say(any(), protocol::unsubscribe{"room:1"}, std::int64_t{2});
    const auto who = any();
    shard.client(who).entries_max = chance(30) ? 0 : dice() % 6;
    clients[who].read(shard.read(who));
  }
  for (int round = 0; round < 20; ++round) {
    channel.work();
    channel.arrive_all();
    for (auto& [who, client] : clients) {
      shard.client(who).entries_max = 1000;
      client.read(shard.read(who));
    }
  }
  for (auto& [who, client] : clients) {
    INFO("s" << who << " heard " << client.heard());
    CHECK((!client.in() || client.at() == channel.head()));
  }
}

} // namespace

TEST_CASE("in random lives no reader misses anything that it is not told", "[shard][random]") {
  const auto seed = troupe::test::seed();
  std::mt19937 dice{seed};
  for (int life = 0; life < 100; ++life) {
    INFO("TROUPE_SEED=" << seed << ", life " << life);
    live_a_life(dice, config::overflow_policy::gap);
  }
}
