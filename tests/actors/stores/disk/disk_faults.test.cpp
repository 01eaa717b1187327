// Disks that break, fill up and lie: nothing is acknowledged that is not kept, what is wrong is said, and the store goes
// on as soon as it can.

#include "disk_fixture.hpp"

#include "actors/stores/disk/disk_engine.hpp"
#include "actors/stores/disk/disk_records.hpp"

#include "tests/seed.hpp"

#include <algorithm>
#include <map>
#include <random>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

bool says(const std::vector<std::string>& lines, const std::string& part) {
  return std::any_of(lines.begin(), lines.end(), [&](const auto& line) { return line.find(part) != std::string::npos; });
}

std::string listed(const std::vector<std::string>& all) {
  std::string line;
  for (std::size_t i = 0; i < all.size(); ++i)
    line += (i == 0 ? "" : ",") + std::to_string(i + 1) + " " + all[i];
  return line;
}

} // namespace

// -- writes that fail ---------------------------------------------------------

TEST_CASE("whichever write or sync fails: no acknowledgement without it, and it goes on once the disk does", "[store]") {
  bool clean = false;
  for (std::uint64_t good = 0; !clean; ++good) {
    INFO("after " << good << " good writes");
    disk_fixture g;
    auto p = g.open();
    auto idle = g.open("idle");
    REQUIRE(g.append(*p, "0"));
    REQUIRE(g.append(*idle, "0"));
    g.files->fail_after(good);
    std::vector<std::string> kept{"0"};
    std::optional<std::string> snapshot;
    std::map<append_key, std::string> answers;
    for (int i = 1; i <= 4; ++i) {
      const append_key call{"ada", "k" + std::to_string(i), "add"};
      if (!g.keep_answer(*p, call, payload::json_text(std::to_string(i))))
        answers[call] = std::to_string(i);
      if (g.append(*p, std::to_string(i), {"ada", "k" + std::to_string(i)}))
        kept.push_back(std::to_string(i));
      if (!g.save(*p, std::to_string(i)))
        snapshot = std::to_string(i);
    }
    clean = !g.files->has_failed();
    CHECK(clean == g.events->lines.empty());
    CHECK(clean == !g.keep->trouble());
    CHECK(p->head() == kept.size());

    auto dead = g.after_kill(); // also if it dies now
    auto there = dead.open();
    CHECK(there->head() >= kept.size()); // what nobody was told of may be there
    CHECK(dead.read(*there).substr(0, listed(kept).size()) == listed(kept));
    if (snapshot)
      CHECK(there->snapshot());
    for (const auto& [key, what] : answers)
      CHECK(text_of(there->find_answer(key)) == what);

    g.files->mend();
    g.sweep();
    CHECK_FALSE(g.keep->trouble());
    CHECK(g.read(*p) == listed(kept)); // and what nobody was told of is gone
    auto mended = g.after_kill();
    auto whole = mended.open();
    for (int i = 1; i <= 4; ++i) {
      const append_key call{"ada", "k" + std::to_string(i), "add"};
      CHECK(text_of(whole->find_answer(call)) == (answers.contains(call) ? answers[call] : "none"));
    }
    const auto next = g.append(*p, "next", {"ada", "k4"});
    REQUIRE(next);
    if (kept.back() == "4")
      CHECK(*next == 5); // its key is known
    else
      kept.push_back("next");
    CHECK(g.append(*idle, "1") == offset_t{2});
    for (int i = 1; i <= 4; ++i) { // what nobody was told of was not answered
      const append_key call{"ada", "k" + std::to_string(i), "add"};
      CHECK(text_of(p->find_answer(call)) == (answers.contains(call) ? answers[call] : "none"));
      if (!answers.contains(call)) {
        CHECK_FALSE(g.keep_answer(*p, call, payload::json_text("\"again\"")));
        answers[call] = "\"again\"";
      }
    }
    auto after = g.after_power_loss();
    auto same = after.open();
    CHECK(after.read(*same) == listed(kept));
    for (const auto& [key, what] : answers)
      CHECK(text_of(same->find_answer(key)) == what);
    CHECK(after.read(*after.open("idle")) == "1 0,2 1");
  }
}

TEST_CASE("what fails is announced once, is trouble until it is over, and costs nobody what was kept", "[store]") {
  disk_fixture g;
  auto p = g.open();
  const auto epoch = p->epoch();
  REQUIRE(g.append(*p, "1"));
  g.files->fail_after(0);
  for (int i = 0; i < 5; ++i) {
    const auto got = g.append(*p, "2");
    REQUIRE_FALSE(got);
    CHECK(got.error().code == error_code::unavailable);
    CHECK(got.error().message.find("the disk of the test breaks") != std::string::npos);
  }
  CHECK(g.events->lines.size() == 1);
  CHECK(says(g.events->lines, "the disk of the test breaks"));
  CHECK(g.keep->trouble());
  g.sweep(); // tries, in vain
  CHECK(g.keep->trouble());
  CHECK_FALSE(g.why_not_open("room:2").empty());
  g.files->mend();
  g.sweep();
  CHECK_FALSE(g.keep->trouble());
  CHECK(g.events->lines.back() == "recovered");
  CHECK(p->epoch() == epoch);
  CHECK(g.append(*p, "2") == offset_t{2});
  CHECK(g.read(*p) == "1 1,2 2");
}

TEST_CASE("random faults: what a client was told is what is there, in every life", "[store]") {
  const auto seed = troupe::test::seed();
  INFO("TROUPE_SEED=" << seed);
  std::mt19937 dice{seed};
  retention keep;
  keep.size = 1'000'000;
  for (int life = 0; life < 8; ++life) {
    std::map<std::string, std::vector<std::string>> told;
    disk_fixture g;
    std::map<std::string, std::unique_ptr<partition>> open;
    for (int i = 0; i < 4; ++i)
      open["room:" + std::to_string(i)] = g.open("room:" + std::to_string(i), keep);
    for (int step = 0; step < 300; ++step) {
      const auto name = "room:" + std::to_string(dice() % 4);
      const auto data = std::to_string(step) + std::string(dice() % 100, '1');
      open[name]->append(said(data), {}, [&told, name, data](auto got) {
        if (!got)
          return;
        told[name].push_back(data);
        CHECK(got->what->offset == told[name].size());
      });
      if (dice() % 3 == 0)
        g.settle();
      if (dice() % 40 == 0)
        g.files->fail_after(dice() % 6);
      if (dice() % 20 == 0)
        g.files->mend(), g.sweep();
    }
    g.files->mend();
    g.sweep();
    g.sweep();
    for (auto& [name, p] : open)
      CHECK(g.read(*p) == listed(told[name]));
    auto after = dice() % 2 == 0 ? g.after_kill() : g.after_power_loss();
    for (auto& [name, all] : told)
      CHECK(after.read(*after.open(name, keep)) == listed(all));
  }
}

TEST_CASE("what was not kept leaves nothing behind: neither its place nor its key", "[store]") {
  for (std::uint64_t good = 0; good < 4; ++good) {
    INFO("after " << good << " good writes");
    disk_fixture g;
    auto p = g.open();
    REQUIRE(g.append(*p, "1"));
    g.files->fail_after(good);
    const bool kept = g.append(*p, "2", {"ada", "k"}).has_value();
    g.files->mend();
    g.sweep();
    if (kept)
      continue;
    CHECK_FALSE(p->find({"ada", "k"}));
    CHECK(g.append(*p, "other") == offset_t{2});
    auto after = g.after_kill();
    auto q = after.open();
    CHECK(after.read(*q) == "1 1,2 other");
    CHECK_FALSE(q->find({"ada", "k"}));
    CHECK(after.append(*q, "2", {"ada", "k"}) == offset_t{3});
  }
}

// -- full disks ---------------------------------------------------------------

TEST_CASE("a file system that is nearly full is left alone: nothing is taken, all is read, and it is said", "[store]") {
  disk_settings how;
  how.reserve_bytes = 1000;
  disk_fixture g{how};
  auto p = g.open();
  REQUIRE(g.append(*p, "1"));
  g.files->have_free(999);
  g.sweep();
  REQUIRE_FALSE(g.append(*p, "2"));
  CHECK(g.append(*p, "2").error().code == error_code::unavailable);
  CHECK(g.save(*p, "2"));
  CHECK(g.read(*p) == "1 1");
  CHECK(says(g.events->lines, "limit disk.reserve_bytes"));
  CHECK(g.keep->trouble()->find("disk.reserve_bytes") != std::string::npos);
  g.files->have_free(1'000'000);
  g.sweep();
  CHECK_FALSE(g.keep->trouble());
  CHECK(g.append(*p, "2") == offset_t{2});
}

// -- torn tails ---------------------------------------------------------------

TEST_CASE("a log that ends anywhere in its last record is one whose writing was cut short: the rest is there", "[store]") {
  disk_fixture g;
  auto p = g.open();
  REQUIRE(g.append(*p, "1"));
  const auto before = g.files->size(".log");
  REQUIRE(g.append(*p, "2"));
  const auto last = g.files->size(".log") - before;
  for (std::uint64_t cut = 1; cut <= last; cut += cut < 20 || cut + 20 > last ? 1 : 5) {
    INFO("without the last " << cut << " bytes");
    auto files = g.files->after_kill();
    files->cut(".log", cut);
    disk_fixture after{g.how, std::move(files)};
    CHECK(after.events->lines.empty());
    auto q = after.open();
    CHECK(after.read(*q) == "1 1");
    CHECK(q->epoch() == p->epoch());
    CHECK(after.append(*q, "new") == offset_t{2});
  }
}

// -- bits that flip -----------------------------------------------------------

TEST_CASE("a flipped bit in the log is damage: the store says so and serves nothing that it cannot vouch for", "[store]") {
  disk_fixture g;
  auto p = g.open();
  for (int i = 1; i <= 50; ++i)
    REQUIRE(g.append(*p, std::to_string(i)));
  auto files = g.files->after_kill();
  files->flip(".log", 0.5);
  disk_fixture after{g.how, std::move(files)};
  CHECK(says(after.events->lines, "failed Corruption"));
  CHECK(after.keep->trouble());
  CHECK(after.why_not_open().find("Corruption") != std::string::npos);
  after.sweep();
  CHECK(after.keep->trouble());
  CHECK(after.events->lines.size() == 1); // said once

  // The operator decides: what can be read, under an epoch that tells clients that something is lost.
  after.how.salvage = true;
  after.restart();
  CHECK(says(after.events->lines, "every channel has a new epoch"));
  auto q = after.open();
  CHECK(q->epoch() != p->epoch());
  CHECK(q->head() > 10);
  CHECK(q->head() < 50);
  const auto head = q->head();
  CHECK(after.append(*q, "next") == head + 1);
}

TEST_CASE("a flipped bit in a table costs the page that has it, which says so; other channels go on", "[store]") {
  disk_fixture g;
  retention keep;
  keep.size = 100'000;
  keep.bytes = 1u << 30;
  auto p = g.open("room:1", keep);
  std::string noise;
  for (std::mt19937 dice{1}; noise.size() < 20'000;) // tests/seed.hpp: always the same, so that tables have one size
    noise += static_cast<char>('a' + dice() % 26);
  for (int i = 0; i < 1'000; ++i) // more than a memtable
    REQUIRE(g.append(*p, "\"" + noise + "\""));
  auto other = g.open("room:2");
  REQUIRE(g.append(*other, "1"));
  auto files = g.files->after_kill();
  files->flip(".sst", 0.4);
  disk_fixture after{g.how, std::move(files)};
  auto q = after.open("room:1", keep);
  CHECK(q->head() == 1'000);
  std::string text;
  std::size_t unread = 0;
  for (offset_t since = 0; since < 1'000; since += 10) {
    text = after.read(*q, since, 10);
    unread += text.rfind("no: ", 0) == 0 ? 1 : 0;
  }
  CHECK(unread > 0);
  CHECK(unread < 100);
  CHECK(says(after.events->lines, "failed room:1: "));
  CHECK(after.keep->trouble());
  CHECK(after.append(*q, "1") == offset_t{1'001});
  CHECK(after.read(*after.open("room:2")) == "1 1");
}

TEST_CASE("a publication that should be there and is not is damage, not a shorter history", "[store]") {
  disk_fixture g;
  auto p = g.open();
  for (int i = 1; i <= 5; ++i)
    REQUIRE(g.append(*p, std::to_string(i)));
  auto files = g.files->after_kill();
  {
    auto how = g.how;
    how.env = files->env();
    disk_engine engine{how};
    REQUIRE(engine.open(false));
    engine.erase(disk_engine::family::publications, record_name(1, GENERATE(3, 5)));
    REQUIRE(engine.commit(true));
  }
  disk_fixture after{g.how, std::move(files)};
  auto q = after.open();
  CHECK(after.read(*q).find("damaged") != std::string::npos);
  CHECK(after.read_back(*q).find("damaged") != std::string::npos);
  CHECK(after.read(*q, 1, 1) == "2 2 more");
  CHECK(after.keep->trouble());
}

TEST_CASE("a directory that another store has open is refused, and taken as soon as it is free", "[store]") {
  disk_fixture g;
  auto p = g.open();
  REQUIRE(g.append(*p, "1"));
  noted_events events;
  disk_store second{g.how, [now = g.now] { return *now; }, events, 1, disk_store::runs::when_told};
  CHECK(second.trouble());
  p.reset();
  g.keep.reset();
  second.sweep();
  while (second.work()) {
  }
  CHECK_FALSE(second.trouble());
  offset_t head = 0;
  second.open("room:1", {}, {}, [](auto work) { work(); }, [&head](auto got) { head = (*got)->head(); });
  while (second.work()) {
  }
  CHECK(head == 1);
}
