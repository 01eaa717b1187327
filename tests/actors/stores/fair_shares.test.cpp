#include "actors/stores/fair_shares.hpp"

#include "tests/seed.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <map>
#include <random>
#include <vector>

using namespace troupe::actors;

namespace {

constexpr starter ada{1, 11}, ada_again{1, 12}, bob{2, 21}, node{};

/// Channels are names here.
struct ground {
  fair_shares::share* enter(const starter& by, const char* name) {
    return shares.enter(by, const_cast<char*>(name)); // NOLINT: handed back as it is
  }
  [[nodiscard]] std::string heaviest() const {
    const auto* name = static_cast<const char*>(shares.heaviest());
    return name ? name : "nobody";
  }
  fair_shares shares;
};

} // namespace

TEST_CASE("the largest channel of who has most gives, not the largest of all", "[shares]") {
  ground g;
  auto* one = g.enter(bob, "one large");
  g.shares.weigh(one, 500);
  std::vector<fair_shares::share*> many;
  for (int i = 0; i < 10; ++i)
    g.shares.weigh(many.emplace_back(g.enter(ada, "one of many")), 100);
  CHECK(g.heaviest() == "one of many");
  for (auto* share : many)
    g.shares.weigh(share, 40);
  CHECK(g.heaviest() == "one large");
  g.shares.leave(one);
  CHECK(g.heaviest() == "one of many");
  for (auto* share : many)
    g.shares.leave(share);
  CHECK(g.heaviest() == "nobody");
}

TEST_CASE("sessions of one address count together against other addresses, and apart among themselves", "[shares]") {
  ground g;
  auto* first = g.enter(ada, "ada's first");
  auto* second = g.enter(ada_again, "ada's second");
  auto* third = g.enter(ada_again, "ada's third");
  auto* other = g.enter(bob, "bob's");
  g.shares.weigh(first, 60);
  g.shares.weigh(second, 40);
  g.shares.weigh(third, 41);
  g.shares.weigh(other, 100);
  CHECK(g.heaviest() == "ada's third");
  g.shares.weigh(third, 0);
  CHECK(g.heaviest() == "ada's first"); // 60 and 40 are as much as 100, and she came first
  g.shares.weigh(other, 101);
  CHECK(g.heaviest() == "bob's");
  for (auto* share : {first, second, third, other})
    g.shares.leave(share);
}

TEST_CASE("places weigh, and only who has something beside them gives", "[shares]") {
  ground g;
  auto* large = g.enter(bob, "one large");
  g.shares.weigh(large, 500);
  std::vector<fair_shares::share*> names;
  for (int i = 0; i < 10; ++i)
    names.push_back(g.shares.enter(ada, nullptr, 60));
  CHECK(g.heaviest() == "one large"); // hers is more, but nothing can be had of it
  auto* little = g.enter(ada_again, "a little");
  g.shares.weigh(little, 5);
  CHECK(g.heaviest() == "a little");
  g.shares.weigh(little, 0);
  CHECK(g.heaviest() == "one large");
  g.shares.weigh(little, 5);
  for (int i = 0; i < 3; ++i) {
    g.shares.leave(names.back());
    names.pop_back();
  }
  CHECK(g.heaviest() == "one large"); // of 420 and 5
  for (auto* share : names)
    g.shares.leave(share);
  g.shares.leave(large);
  CHECK(g.heaviest() == "a little");
  g.shares.leave(little);
  CHECK(g.heaviest() == "nobody");
}

TEST_CASE("each channel of the node's own API stands for itself", "[shares]") {
  ground g;
  auto* a = g.enter(node, "a");
  auto* b = g.enter(node, "b");
  auto* his = g.enter(bob, "bob's");
  g.shares.weigh(a, 60);
  g.shares.weigh(b, 60);
  g.shares.weigh(his, 61);
  CHECK(g.heaviest() == "bob's");
  for (auto* share : {a, b, his})
    g.shares.leave(share);
}

TEST_CASE("random weights: who gives is who a plain sum says", "[shares]") {
  const auto seed = troupe::test::seed();
  INFO("seed " << seed);
  std::mt19937 dice{seed};
  struct entry {
    starter by;
    std::size_t weight = 0, place = 0;
    fair_shares::share* share = nullptr;
    [[nodiscard]] std::size_t sum() const { return weight + place; }
  };
  std::array<entry, 40> all;
  fair_shares shares;
  for (int step = 0; step < 3'000; ++step) {
    auto& e = all[dice() % all.size()];
    if (!e.share) {
      const auto address = dice() % 4;
      e.by = {address, address == 0 ? 0 : address * 10 + dice() % 3};
      e.place = dice() % 3 * 100;
      e.share = shares.enter(e.by, &e, e.place);
      e.weight = 0;
    } else if (dice() % 4 == 0) {
      shares.leave(std::exchange(e.share, nullptr));
    } else {
      e.weight = dice() % 3 == 0 ? 0 : dice() % 1'000;
      shares.weigh(e.share, e.weight);
    }
    std::map<std::uint64_t, std::size_t> of_address, of_session;
    std::size_t most = 0, can_give = 0;
    for (const auto& x : all)
      if (x.share)
        of_address[x.by.address] += x.sum(), of_session[x.by.session] += x.sum(), can_give += x.weight;
    const auto weight_of = [&](const entry& x) { return x.by.address == 0 ? x.sum() : of_address[x.by.address]; };
    for (const auto& x : all)
      if (x.share && x.weight > 0)
        most = std::max(most, weight_of(x));
    const auto* got = static_cast<const entry*>(shares.heaviest());
    REQUIRE((got == nullptr) == (can_give == 0));
    if (!got)
      continue;
    REQUIRE(got->weight > 0);
    REQUIRE(weight_of(*got) == most);
    for (const auto& x : all) {
      if (!x.share || x.weight == 0 || x.by.address != got->by.address || got->by.address == 0)
        continue;
      REQUIRE(of_session[x.by.session] <= of_session[got->by.session]);
      REQUIRE((x.by.session != got->by.session || x.sum() <= got->sum()));
    }
  }
  for (auto& e : all)
    if (e.share)
      shares.leave(e.share);
}

TEST_CASE("an address is its host, of an IPv6 its network, whatever the port", "[shares]") {
  CHECK(address_of("10.0.0.1:80") == address_of("10.0.0.1:4711"));
  CHECK(address_of("10.0.0.1:80") != address_of("10.0.0.2:80"));
  CHECK(address_of("[2001:db8:1:2::1]:80") == address_of("[2001:db8:1:2:ffff::9]:81"));
  CHECK(address_of("[2001:db8:1:2::1]:80") != address_of("[2001:db8:1:3::1]:80"));
  CHECK(address_of("[::ffff:10.0.0.1]:80") != address_of("[::ffff:10.0.0.2]:80"));
  CHECK(address_of("2001:db8:1:2::1") == address_of("[2001:db8:1:2::2]:1"));
  CHECK(address_of("") != 0);
}
