#include "store_contract.hpp"

#include "tests/seed.hpp"

#include <random>

namespace troupe::actors::testing {

namespace {

publication draft(const std::string& data) {
  publication p;
  p.event = "e";
  p.data = payload::json_text(data);
  return p;
}

std::string offsets(const history_page& page) {
  std::string line;
  for (const auto& p : page.items)
    line += (line.empty() ? "" : ",") + std::to_string(p->offset);
  return line + (page.more ? " more" : "") + (page.lost ? " lost" : "");
}

/// One channel's partition, with answers waited for.
class ground {
 public:
  explicit ground(const store_maker& make) : store_(make()) {}

  std::unique_ptr<partition> open(const std::string& channel = "room:1", retention keep = {}) {
    std::unique_ptr<partition> opened;
    store_.what->open(channel, keep, {}, [](auto work) { work(); },
                      [&](tl::expected<std::unique_ptr<partition>, failure> got) {
                        if (got)
                          opened = std::move(*got);
                      });
    store_.settle();
    return opened;
  }

  kept append(partition& to, const std::string& data, const std::string& key = {}, const std::string& publisher = "ada") {
    std::optional<kept> answer;
    to.append(draft(data), {publisher, key}, [&](tl::expected<kept, failure> got) {
      REQUIRE(got);
      REQUIRE_FALSE(answer);
      answer = *got;
    });
    store_.settle();
    REQUIRE(answer);
    return *answer;
  }

  std::string read(partition& from, offset_t since, std::size_t items = 100, std::size_t bytes = 1 << 20) {
    std::string line = "nothing";
    from.read(since, items, bytes, [&](tl::expected<history_page, failure> got) { line = offsets(*got); });
    store_.settle();
    return line;
  }

  std::string read_back(partition& from, offset_t before, std::size_t items = 100, std::size_t bytes = 1 << 20) {
    std::string line = "nothing";
    from.read_back(before, items, bytes, [&](tl::expected<history_page, failure> got) { line = offsets(*got); });
    store_.settle();
    return line;
  }

  void pass(std::chrono::milliseconds time) { store_.time->now += time; }
  store& under_test() { return *store_.what; }
  void settle() { store_.settle(); }

 private:
  store_under_test store_;
};

void offsets_rise_by_one(ground& g) {
  auto p = g.open();
  REQUIRE(p);
  CHECK(p->head() == 0);
  CHECK_FALSE(p->epoch().empty());
  for (offset_t i = 1; i <= 5; ++i) {
    const auto got = g.append(*p, std::to_string(i));
    CHECK(got.what->offset == i);
    CHECK(got.what->data.json() == std::to_string(i));
    CHECK_FALSE(got.duplicate);
    CHECK(p->head() == i);
    CHECK(g.read(*p, i - 1) == std::to_string(i)); // what was answered can be read back
  }
}

void answers_come_in_order(ground& g) {
  auto p = g.open();
  std::vector<offset_t> answers;
  for (int i = 0; i < 10; ++i)
    p->append(draft("1"), {}, [&](tl::expected<kept, failure> got) { answers.push_back(got->what->offset); });
  g.settle();
  CHECK(answers == std::vector<offset_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
}

void pages_are_whole_or_say_so(ground& g) {
  auto p = g.open("room:1", {3, std::chrono::minutes{5}, 1 << 20});
  CHECK(g.read(*p, 0).empty());
  for (int i = 1; i <= 5; ++i)
    g.append(*p, "1");
  CHECK(g.read(*p, 0) == "3,4,5 lost");
  CHECK(g.read(*p, 1) == "3,4,5 lost");
  CHECK(g.read(*p, 2) == "3,4,5");
  CHECK(g.read(*p, 2, 2) == "3,4 more");
  CHECK(g.read(*p, 4, 1) == "5");
  CHECK(g.read(*p, 2, 100, 1) == "3 more"); // at least one
  CHECK(g.read(*p, 5).empty());
  CHECK(g.read(*p, 99).empty());
  CHECK(g.read_back(*p, 0) == "3,4,5");
  CHECK(g.read_back(*p, 0, 2) == "4,5 more");
  CHECK(g.read_back(*p, 5, 1) == "4 more");
  CHECK(g.read_back(*p, 4) == "3");
  CHECK(g.read_back(*p, 3).empty());
}

void nothing_is_kept_but_offsets_count(ground& g) {
  auto p = g.open("room:1", {0, std::chrono::minutes{5}, 1 << 20});
  g.append(*p, "1");
  CHECK(g.append(*p, "2").what->offset == 2);
  CHECK(g.read(*p, 0) == " lost");
  CHECK(g.read(*p, 2).empty());
}

void the_oldest_expire(ground& g) {
  auto p = g.open("room:1", {100, std::chrono::seconds{10}, 1 << 20});
  g.append(*p, "1");
  g.pass(std::chrono::seconds{6});
  g.append(*p, "2");
  g.pass(std::chrono::seconds{5});
  CHECK(g.read(*p, 0) == "2 lost");
  g.pass(std::chrono::seconds{6});
  CHECK(g.read(*p, 0) == " lost");
  CHECK(p->head() == 2);
}

void bytes_bound_what_is_kept(ground& g) {
  const auto one = draft("\"" + std::string(1000, 'x') + "\"");
  auto p = g.open("room:1", {100, std::chrono::minutes{5}, 3 * one.size()});
  for (int i = 0; i < 10; ++i)
    p->append(one, {}, [](auto) {});
  g.settle();
  CHECK(g.read(*p, 7) == "8,9,10");
  CHECK(g.read(*p, 6) == "8,9,10 lost");
  CHECK(p->bytes() <= 3 * one.size());
}

void a_key_is_taken_once(ground& g) {
  retention keep;
  keep.key_ttl = std::chrono::seconds{10};
  auto p = g.open("room:1", keep);
  CHECK(g.append(*p, "1", "k").what->offset == 1);
  g.append(*p, "2", "other");
  const auto again = g.append(*p, "3", "k");
  CHECK(again.duplicate);
  CHECK(again.what->offset == 1);
  CHECK(p->head() == 2);
  const auto known = p->find({"ada", "k"});
  CHECK((!known || *known == 1)); // a store that would have to ask elsewhere says nothing
  g.pass(std::chrono::seconds{11});
  CHECK_FALSE(p->find({"ada", "k"}));
  CHECK_FALSE(g.append(*p, "4", "k").duplicate);
}

/// A store that cannot answer within the call says so and has done nothing.
void an_append_within_the_call_is_an_append(ground& g) {
  auto p = g.open();
  g.append(*p, "1", "k");
  auto what = draft("2");
  append_key none, same{"ada", "k"};
  const auto got = p->append_now(what, none);
  CHECK(p->head() == (got ? 2u : 1u));
  if (!got)
    return;
  CHECK((*got)->what->offset == 2);
  CHECK(g.read(*p, 1) == "2");
  auto again = draft("3");
  CHECK((*p->append_now(again, same))->duplicate);
  CHECK(p->head() == 2);
}

void a_key_is_its_publishers(ground& g) {
  retention keep;
  keep.keys = 6;
  keep.keys_per_publisher = 3;
  auto p = g.open("room:1", keep);
  CHECK(g.append(*p, "1", "k", "ada").what->offset == 1);
  CHECK_FALSE(g.append(*p, "2", "k", "bob").duplicate);
  CHECK_FALSE(g.append(*p, "3", "k", "").duplicate); // the node's own
  CHECK(g.append(*p, "4", "k", "bob").what->offset == 2);
  for (int i = 0; i < 10; ++i) { // who uses many loses its own
    g.append(*p, "5", "b" + std::to_string(i), "bob");
    g.append(*p, "6", "n" + std::to_string(i), "");
  }
  CHECK(g.append(*p, "7", "k", "ada").duplicate);
  CHECK(g.append(*p, "8", "b9", "bob").duplicate);
  CHECK_FALSE(g.append(*p, "9", "b6", "bob").duplicate);
  CHECK(g.append(*p, "10", "n9", "").duplicate);
}

std::string answer_of(const partition& p, const append_key& key) {
  const auto found = p.find_answer(key);
  if (!found)
    return "none";
  const auto* data = std::get_if<payload>(&*found);
  return data ? std::string{data->json().substr(0, 3)} : std::get<failure>(*found).message;
}

void an_answer_is_its_keys(ground& g) {
  retention keep;
  keep.key_ttl = std::chrono::seconds{10};
  auto p = g.open("room:1", keep);
  const append_key act{"ada", "k", "act"}, other{"ada", "k", "other"}, append{"ada", "k"};
  CHECK(answer_of(*p, act) == "none");
  std::string told;
  const auto note = [&told](const char* which) {
    return [&told, which](const tl::expected<void, failure>& kept) { told += kept ? which : "?"; };
  };
  p->keep_answer(act, payload::json_text("1"), note("a"));
  p->keep_answer(act, payload::json_text("2"), note("b")); // the first one counts
  p->keep_answer(other, failure{error_code::refused, "no", std::chrono::milliseconds{7}}, note("c"));
  g.settle();
  CHECK(told == "abc");
  CHECK(std::get<failure>(*p->find_answer(other)).code == error_code::refused);
  CHECK(answer_of(*p, act) == "1");
  CHECK(answer_of(*p, other) == "no");
  CHECK(answer_of(*p, {"bob", "k", "act"}) == "none");
  CHECK(answer_of(*p, append) == "none");
  CHECK_FALSE(p->find(append));
  CHECK_FALSE(g.append(*p, "1", "k").duplicate); // an append has keys of its own
  CHECK(g.append(*p, "1", "k").duplicate);
  p.reset();
  g.settle();
  p = g.open("room:1", keep);
  CHECK(answer_of(*p, act) == "1"); // it waits for the next owner
  CHECK(std::get<failure>(*p->find_answer(other)).retry_after == std::chrono::milliseconds{7});
  g.pass(std::chrono::seconds{10});
  CHECK(answer_of(*p, act) == "none");
  p->keep_answer(act, payload::json_text("3"), note("d"));
  g.settle();
  CHECK(answer_of(*p, act) == "3");
}

void answers_count_with_keys_and_by_their_bytes(ground& g) {
  retention keep;
  keep.keys = 6;
  keep.keys_per_publisher = 3;
  keep.answer_bytes = 4000;
  keep.answer_bytes_per_channel = 5000;
  auto p = g.open("room:1", keep);
  const auto tell = [&](const std::string& who, const std::string& key, std::size_t bytes) {
    std::string text(bytes + 2, 'x'); // with no room to spare, which would count
    text.front() = text.back() = '"';
    p->keep_answer({who, key, "act"}, payload::json_text(std::move(text)), [](const auto& kept) { CHECK(kept); });
    g.settle();
  };
  tell("ada", "a", 1);
  CHECK_FALSE(g.append(*p, "1", "p", "bob").duplicate);
  for (const char* key : {"a", "b", "c"}) // with the publication four: its own oldest goes
    tell("bob", key, 1);
  CHECK_FALSE(g.append(*p, "1", "p", "bob").duplicate);
  CHECK(answer_of(*p, {"bob", "a", "act"}) == "none");
  CHECK(answer_of(*p, {"bob", "b", "act"}) == "\"x\"");
  CHECK(answer_of(*p, {"ada", "a", "act"}) == "\"x\"");
  tell("eve", "a", 2400);
  tell("eve", "b", 2500); // by their bytes: the oldest of whoever has most
  CHECK(answer_of(*p, {"eve", "a", "act"}) == "none");
  CHECK(answer_of(*p, {"eve", "b", "act"}) == "\"xx");
  CHECK(answer_of(*p, {"ada", "a", "act"}) == "\"x\"");
  tell("ada", "long", 4000);
  CHECK(answer_of(*p, {"ada", "long", "act"}).starts_with("key: "));
  CHECK(answer_of(*p, {"eve", "b", "act"}) == "\"xx"); // it made nobody give way
}

void what_is_kept_waits_for_the_next_owner(ground& g) {
  auto p = g.open();
  const auto epoch = p->epoch();
  g.append(*p, "1", "k");
  bool saved = false;
  p->save_snapshot(payload::json_text("7"), [&saved](tl::expected<void, failure> got) { saved = got.has_value(); });
  g.settle();
  CHECK(saved);
  p->keep_position(1);
  p.reset();
  g.settle();
  p = g.open();
  REQUIRE(p);
  CHECK(p->epoch() == epoch);
  CHECK(p->head() == 1);
  CHECK(g.read(*p, 0) == "1");
  CHECK(p->snapshot()->json() == "7");
  CHECK(p->kept_position() == 1);
  CHECK(g.append(*p, "1", "k").duplicate);
}

void one_owner_at_a_time(ground& g) {
  auto first = g.open();
  CHECK_FALSE(g.open());
  auto other = g.open("room:2");
  REQUIRE(other);
  g.append(*first, "1");
  CHECK(other->head() == 0);
  first.reset();
  CHECK(g.open());
}

/// Random appends and reads against a plain list.
void random_runs(ground& g) {
  const auto seed = troupe::test::seed();
  INFO("TROUPE_SEED=" << seed);
  std::mt19937 dice{seed};
  constexpr std::size_t size = 20;
  auto p = g.open("room:1", {size, std::chrono::minutes{5}, 1 << 20});
  offset_t head = 0;
  for (int i = 0; i < 500; ++i) {
    if (dice() % 3 != 0) {
      CHECK(g.append(*p, "1").what->offset == ++head);
      continue;
    }
    const offset_t since = dice() % (head + 2);
    const std::size_t most = 1 + dice() % 10;
    const offset_t first = head > size ? head - size + 1 : 1;
    std::string expected;
    std::size_t items = 0;
    auto next = std::max(since + 1, first);
    for (; next <= head && items < most; ++next, ++items)
      expected += (items == 0 ? "" : ",") + std::to_string(next);
    expected += next <= head ? " more" : "";
    expected += since < head && since + 1 < first ? " lost" : "";
    CHECK(g.read(*p, since, most) == expected);
  }
}

} // namespace

void hold_to_contract(const store_maker& make) {
  const std::vector<std::pair<std::string, void (*)(ground&)>> cases{
      {"offsets rise by one, and what was answered can be read", offsets_rise_by_one},
      {"answers come in the order of the appends", answers_come_in_order},
      {"a page is whole or says that some are lost", pages_are_whole_or_say_so},
      {"without retention offsets still count", nothing_is_kept_but_offsets_count},
      {"the oldest expire", the_oldest_expire},
      {"bytes bound what is kept, oldest go first", bytes_bound_what_is_kept},
      {"a key is taken once within the retention", a_key_is_taken_once},
      {"an append within the call is an append", an_append_within_the_call_is_an_append},
      {"a key is its publisher's, and nobody pushes out another's", a_key_is_its_publishers},
      {"an answer is its key's", an_answer_is_its_keys},
      {"answers count with the keys, and by their bytes", answers_count_with_keys_and_by_their_bytes},
      {"what is kept waits for the next owner", what_is_kept_waits_for_the_next_owner},
      {"a partition has one owner at a time", one_owner_at_a_time},
      {"random appends and reads agree with a list", random_runs},
  };
  for (const auto& [name, run] : cases)
    DYNAMIC_SECTION(name) {
      ground g{make};
      run(g);
    }
}

} // namespace troupe::actors::testing
