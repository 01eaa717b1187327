// What the disk keeps outlives the process and the power; see disk_faults.test.cpp for disks that break.

#include "disk_fixture.hpp"

#include "tests/actors/stores/store_contract.hpp"
#include "tests/config/scratch.hpp"
#include "tests/seed.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <random>
#include <thread>

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

TEST_CASE("the disk store keeps its contract", "[store]") {
  hold_to_contract([] {
    struct floor {
      disk_files files;
      noted_events events;
    };
    store_under_test made;
    const auto below = std::make_shared<floor>();
    disk_settings how;
    how.dir = disk_dir;
    how.env = below->files.env();
    auto keep = std::make_unique<disk_store>(how, [time = made.time] { return time->now; }, below->events, 1,
                                             disk_store::runs::when_told);
    made.settle = [raw = keep.get()] {
      while (raw->work()) {
      }
    };
    made.below = below;
    made.what = std::move(keep);
    return made;
  });
}

TEST_CASE("everything that was acknowledged is there after a kill, and goes on", "[store]") {
  disk_fixture g;
  auto p = g.open();
  const auto epoch = p->epoch();
  auto full = said("{\"x\":1}", "moved");
  full.timestamp = 77;
  full.from = session_id{9};
  full.except = {session_id{9}, session_id{11}};
  full.only = std::make_shared<const audience>(audience{"red", {session_id{7}, session_id{9}, session_id{1, 2, 3}}});
  p->append(full, {"ada", "k"}, [](auto kept) { CHECK(kept); });
  auto raw = said("null");
  raw.data = payload::binary(std::string("\0\xff", 2));
  p->append(raw, {}, [](auto kept) { CHECK(kept); });
  raw.data = payload::msgpack_value("\x93\x01\x02\x03");
  raw.event.clear();
  raw.only = std::make_shared<const audience>();
  p->append(raw, {}, [](auto kept) { CHECK(kept); });
  CHECK_FALSE(g.save(*p, "{\"state\":1}"));
  p->keep_position(2);
  g.settle();

  CHECK(g.keep->disk().channels == 1);

  auto after = g.after_kill();
  CHECK(after.events->lines.empty());
  CHECK(after.keep->disk().channels == 1); // said at the start, before any is opened
  auto q = after.open();
  CHECK(q->epoch() == epoch);
  CHECK(q->head() == 3);
  CHECK(q->snapshot()->json() == "{\"state\":1}");
  CHECK(q->kept_position() == 2);
  CHECK(q->find({"ada", "k"}) == offset_t{1});
  CHECK(q->bytes() == p->bytes());
  q->read(0, 10, 1 << 20, [&](auto got) {
    REQUIRE(got);
    REQUIRE(got->items.size() == 3);
    const auto& first = *got->items[0];
    CHECK(first.event == "moved");
    CHECK(first.timestamp == 77);
    CHECK(first.from == full.from);
    CHECK(first.except == full.except);
    REQUIRE(first.only);
    CHECK(first.only->group == "red");
    CHECK(first.only->sessions == full.only->sessions);
    CHECK(first.is_for(session_id{7}));
    CHECK_FALSE(first.is_for(session_id{8}));
    CHECK_FALSE(first.is_for(session_id{9}));
    CHECK_FALSE(got->items[1]->only);
    REQUIRE(got->items[2]->only); // nobody is not everybody
    CHECK_FALSE(got->items[2]->is_for(session_id{7}));
    CHECK(first.data == full.data);
    CHECK(got->items[1]->data == payload::binary(std::string("\0\xff", 2)));
    CHECK(got->items[2]->data == raw.data);
    CHECK(got->items[2]->event.empty());
  });
  after.settle();
  CHECK(after.append(*q, "4") == offset_t{4});
  CHECK(after.append(*q, "5", {"ada", "k"}) == offset_t{1}); // was taken before
}

TEST_CASE("what calls were answered is there after a kill, once that was said", "[store]") {
  retention keep;
  keep.key_ttl = std::chrono::seconds{10};
  disk_fixture g;
  auto p = g.open("room:1", keep);
  CHECK_FALSE(g.keep_answer(*p, {"ada", "k", "add"}, payload::json_text("1")));
  CHECK_FALSE(g.keep_answer(*p, {"ada", "k", "remove"}, failure{error_code::refused, "no", std::chrono::milliseconds{7}}));
  CHECK_FALSE(g.keep_answer(*p, {"", "k", "add"}, payload::msgpack_value("\x93\x01\x02\x03")));
  g.pass(std::chrono::seconds{6});
  CHECK_FALSE(g.keep_answer(*p, {"bob", "k", "add"}, payload::binary(std::string("\0\xff", 2))));
  CHECK(g.append(*p, "1", {"ada", "k"}) == offset_t{1});
  p->keep_answer({"ada", "unsaid", "add"}, payload::json_text("2"), [](auto) {});
  CHECK(text_of(p->find_answer({"ada", "unsaid", "add"})) == "none");

  auto after = g.after_kill();
  auto q = after.open("room:1", keep);
  CHECK(text_of(q->find_answer({"ada", "k", "add"})) == "1");
  const auto no = q->find_answer({"ada", "k", "remove"});
  REQUIRE(no);
  CHECK(std::get<failure>(*no).code == error_code::refused);
  CHECK(std::get<failure>(*no).message == "no");
  CHECK(std::get<failure>(*no).retry_after == std::chrono::milliseconds{7});
  CHECK(std::get<payload>(*q->find_answer({"", "k", "add"})) == payload::msgpack_value("\x93\x01\x02\x03"));
  CHECK(std::get<payload>(*q->find_answer({"bob", "k", "add"})) == payload::binary(std::string("\0\xff", 2)));
  CHECK(text_of(q->find_answer({"ada", "unsaid", "add"})) == "none");
  CHECK(after.append(*q, "2", {"ada", "k"}) == offset_t{1});
  CHECK_FALSE(after.keep_answer(*q, {"ada", "k", "add"}, payload::json_text("9"))); // the first one counts
  CHECK(text_of(q->find_answer({"ada", "k", "add"})) == "1");
  after.pass(std::chrono::seconds{11}); // its clock began with the first one's
  CHECK(text_of(q->find_answer({"ada", "k", "add"})) == "none");
  CHECK(text_of(q->find_answer({"bob", "k", "add"})) != "none");
  CHECK_FALSE(after.keep_answer(*q, {"ada", "k", "add"}, payload::json_text("3")));
  auto last = after.after_kill();
  last.pass(std::chrono::seconds{11});
  auto r = last.open("room:1", keep);
  CHECK(text_of(r->find_answer({"ada", "k", "add"})) == "3");
  CHECK(text_of(r->find_answer({"ada", "k", "remove"})) == "none");
}

TEST_CASE("answers that gave way to others are gone after a kill, too, and count on the disk as they did", "[store]") {
  retention keep;
  keep.answer_bytes_per_channel = 2'500;
  disk_fixture g;
  auto p = g.open("room:1", keep);
  const auto before = g.keep->disk().kept_bytes;
  std::string text(1'000, 'x'); // with no room to spare, which would count
  text.front() = text.back() = '"';
  const auto kilobyte = payload::json_text(std::move(text));
  for (int i = 0; i < 10; ++i)
    CHECK_FALSE(g.keep_answer(*p, {"ada", std::to_string(i), "add"}, kilobyte));
  const auto known = [](const partition& of) {
    std::string line;
    for (int i = 0; i < 10; ++i)
      line += of.find_answer({"ada", std::to_string(i), "add"}) ? std::to_string(i) : "";
    return line;
  };
  const auto left = known(*p);
  CHECK(left == "89");
  CHECK_FALSE(g.keep_answer(*p, {"ada", "long", "add"}, payload::json_text("\"" + std::string(4'000, 'x') + "\"")));
  const auto kept_bytes = g.keep->disk().kept_bytes;
  CHECK(kept_bytes > before + 2'000);
  CHECK(kept_bytes < before + 6'000);

  p.reset();
  g.restart(); // and what gave way has left with the last batch
  auto after = g.after_kill();
  keep.answer_bytes_per_channel = 1 << 20; // what is there is known
  auto q = after.open("room:1", keep);
  CHECK(known(*q) == left);
  CHECK(text_of(q->find_answer({"ada", "long", "add"})).starts_with("key: "));
}

TEST_CASE("a key that was used again after its time is the second one's after a kill", "[store]") {
  retention keep;
  keep.key_ttl = std::chrono::seconds{10};
  disk_fixture g;
  auto p = g.open("room:1", keep);
  CHECK(g.append(*p, "1", {"ada", "k"}) == offset_t{1});
  g.pass(std::chrono::seconds{11});
  CHECK(g.append(*p, "2", {"ada", "k"}) == offset_t{2}); // that the first is over is not on the disk yet
  auto after = g.after_kill();
  auto q = after.open("room:1", keep);
  CHECK(after.append(*q, "3", {"ada", "k"}) == offset_t{2});
}

TEST_CASE("what waits while the disk syncs is kept with one sync, answered at once and in order", "[store]") {
  std::map<int, std::vector<offset_t>> answers;
  disk_fixture g;
  std::vector<std::unique_ptr<partition>> all;
  for (int i = 0; i < 10; ++i)
    all.push_back(g.open("room:" + std::to_string(i)));
  const auto before = g.keep->disk().syncs;
  for (int n = 0; n < 1000; ++n)
    all[static_cast<std::size_t>(n % 10)]->append(said("\"" + std::string(100, 'x') + "\""), {}, [&answers, n](auto kept) {
      answers[n % 10].push_back(kept->what->offset);
    });
  g.settle();
  CHECK(g.keep->disk().syncs == before + 1);
  for (const auto& [channel, offsets] : answers) {
    REQUIRE(offsets.size() == 100);
    for (std::size_t i = 0; i < offsets.size(); ++i)
      CHECK(offsets[i] == i + 1);
  }
}

TEST_CASE("answers of one round reach a channel as one piece of work", "[store]") {
  disk_fixture g;
  int posted = 0, answers = 0;
  std::unique_ptr<partition> p;
  g.keep->open("room:1", {}, {}, [&posted](auto work) { ++posted, work(); }, [&p](auto got) { p = std::move(*got); });
  g.settle();
  posted = 0;
  for (int i = 0; i < 100; ++i)
    p->append(said("1"), {}, [&answers](auto) { ++answers; });
  g.settle();
  CHECK(answers == 100);
  CHECK(posted == 1);
}

TEST_CASE("past disk.queue_bytes appends, snapshots, answers and reads are busy, in their turn", "[store]") {
  disk_settings how;
  how.queue_bytes = 20'000;
  disk_fixture g{how};
  auto p = g.open();
  std::string heard;
  const auto note = [&heard](const tl::expected<kept, failure>& got) {
    heard += got ? std::to_string(got->what->offset) : got.error().code == error_code::busy ? "b" : "?";
  };
  for (int i = 0; i < 3; ++i)
    p->append(said("\"" + std::string(8'000, 'x') + "\""), {}, note);
  p->append(said("1"), {}, note);
  bool snapshot_busy = false, read_busy = false;
  p->save_snapshot(payload::json_text("\"" + std::string(8'000, 's') + "\""),
                   [&](auto kept) { snapshot_busy = !kept && kept.error().code == error_code::busy; });
  for (int i = 0; i < 100; ++i)
    p->read(0, 1, 1, [&](auto page) { read_busy |= !page && page.error().code == error_code::busy; });
  bool answer_busy = false;
  p->keep_answer({"ada", "k", "add"}, payload::json_text("\"" + std::string(8'000, 'a') + "\""),
                 [&](auto kept) { answer_busy = !kept && kept.error().code == error_code::busy; });
  CHECK(heard.empty());
  g.settle();
  CHECK(heard == "12b3");
  CHECK(answer_busy);
  CHECK(snapshot_busy);
  CHECK(read_busy);
  CHECK(g.keep->disk().refusals > 0);
  CHECK(std::count(g.events->lines.begin(), g.events->lines.end(), "limit disk.queue_bytes") == 3);
  CHECK(g.append(*p, "1") == offset_t{4});
}

TEST_CASE("a store that has ended answers who still asks", "[store]") {
  disk_fixture g;
  auto p = g.open();
  bool kept_before = false;
  p->append(said("1"), {}, [&](auto got) { kept_before = got.has_value(); });
  g.keep.reset(); // what waits is kept first
  CHECK(kept_before);
  int refused = 0;
  p->append(said("2"), {}, [&](auto got) { refused += got ? 0 : 1; });
  p->read(0, 1, 1, [&](auto got) { refused += got ? 0 : 1; });
  p->save_snapshot(payload::json_text("1"), [&](auto got) { refused += got ? 0 : 1; });
  p->keep_answer({"ada", "k", "add"}, payload::json_text("1"), [&](auto got) { refused += got ? 0 : 1; });
  CHECK(refused == 4);
}

TEST_CASE("channels on many threads are answered by the store's own, on real files", "[store]") {
  const config::scratch_directory scratch;
  noted_events events;
  disk_settings how;
  how.dir = (scratch / "disk").string();
  how.reserve_bytes = 0;
  constexpr std::size_t channels = 8;
  const offset_t each = 200;
  std::mutex mutex;
  std::condition_variable told;
  std::size_t answered = 0, wrong = 0;
  {
    disk_store keep{how, [] { return std::chrono::system_clock::time_point{std::chrono::hours{1}}; }, events, 0};
    std::vector<std::thread> threads;
    std::vector<std::unique_ptr<partition>> open(channels);
    for (std::size_t c = 0; c < channels; ++c)
      keep.open("room:" + std::to_string(c), {}, {}, [](auto work) { work(); }, [&, c](auto got) {
        const std::lock_guard guard{mutex};
        open[c] = std::move(*got);
        told.notify_all();
      });
    {
      std::unique_lock guard{mutex};
      told.wait(guard, [&] { return std::all_of(open.begin(), open.end(), [](const auto& p) { return p != nullptr; }); });
    }
    for (std::size_t c = 0; c < channels; ++c)
      threads.emplace_back([&, c] {
        for (offset_t i = 1; i <= each; ++i)
          open[c]->append(said(std::to_string(i)), {}, [&, i](auto got) {
            const std::lock_guard guard{mutex};
            wrong += got && got->what->offset == i ? 0 : 1;
            if (++answered == channels * each)
              told.notify_all();
          });
      });
    for (auto& t : threads)
      t.join();
    std::unique_lock guard{mutex};
    told.wait(guard, [&] { return answered == channels * each; });
    guard.unlock();
    open.clear();
  }
  CHECK(wrong == 0);
  disk_store again{how, [] { return std::chrono::system_clock::time_point{std::chrono::hours{1}}; }, events, 0,
                   disk_store::runs::when_told};
  again.open("room:3", {}, {}, [](auto work) { work(); }, [each](auto got) { CHECK((*got)->head() == each); });
  while (again.work()) {
  }
  CHECK(events.lines.empty());
}

namespace {

/// What a client was told, against what is there after a crash.
struct ledger {
  std::map<std::string, std::vector<std::string>> acknowledged; // by channel, in the order of their offsets
  std::map<std::string, std::string> epochs;
};

} // namespace

TEST_CASE("whatever was acknowledged is there, whenever the process is killed or the power goes", "[store]") {
  const auto seed = troupe::test::seed();
  INFO("TROUPE_SEED=" << seed);
  std::mt19937 dice{seed};
  for (int life = 0; life < 6; ++life) {
    retention keep;
    keep.size = 1'000'000;
    keep.bytes = 1u << 30;
    ledger told;
    disk_fixture g;
    std::map<std::string, std::unique_ptr<partition>> open;
    for (int step = 0; step < 400; ++step) {
      const auto name = "room:" + std::to_string(dice() % 7);
      auto& p = open[name];
      if (!p)
        p = g.open(name, keep);
      told.epochs[name] = p->epoch();
      const auto data = std::to_string(step) + std::string(dice() % 300, '0');
      p->append(said(data), {}, [&told, name, data](auto got) {
        if (got)
          told.acknowledged[name].push_back(data);
      });
      if (dice() % 4 == 0)
        g.settle();
      if (dice() % 30 == 0)
        p.reset();
      if (dice() % 50 == 0)
        g.sweep();
    }
    auto after = life % 2 == 0 ? g.after_kill() : g.after_power_loss();
    for (const auto& [name, all] : told.acknowledged) {
      auto p = after.open(name, keep);
      CHECK(p->epoch() == told.epochs[name]);
      CHECK(p->head() == all.size());
      std::string expected;
      for (std::size_t i = 0; i < all.size(); ++i)
        expected += (i == 0 ? "" : ",") + std::to_string(i + 1) + " " + all[i];
      CHECK(after.read(*p) == expected);
    }
  }
}
