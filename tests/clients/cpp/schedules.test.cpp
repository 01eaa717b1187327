// Random schedules against the model of a node: cuts, restarts, failed attempts, delays.

#include "tests/clients/cpp/model_node.hpp"

#include "tests/seed.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace troupe::clients::test {

using namespace std::chrono_literals;

namespace {

constexpr int schedules = 150, steps = 60;
const words names{"a", "b", "c"};

/// Compares what a client was told of a channel with what was published: in order, each once, and nothing missing that
/// no gap spoke of.
class ledger final : public membership_listener {
 public:
  ledger(const model_node& node, std::string channel) : node_(node), channel_(std::move(channel)) {}

  std::vector<std::string> data;
  std::optional<position> at; ///< that is accounted for; nothing: a gap was told, anything may follow
  std::string wrong;          ///< the first fault

 private:
  void subscribed(client_joined how, position where) override {
    if (how.first)
      at = where;
    epoch_ = std::move(where.epoch);
  }
  void gap(std::optional<std::uint64_t>, position where) override {
    at.reset();
    epoch_ = std::move(where.epoch);
  }
  void said(client_message what) override {
    const auto text = what.data.value().get<std::string>();
    data.push_back(text);
    const auto& all = node_.published.at(channel_).at(epoch_);
    const auto here = all.find(what.offset);
    if (here == all.end() || here->second != text)
      return complain("is something else at", what.offset);
    if (at) {
      if (at->epoch != epoch_)
        complain("is of another epoch, without a gap, at", what.offset);
      else if (what.offset <= at->offset)
        complain("comes twice or late, at", what.offset);
      else if (all.lower_bound(at->offset + 1)->first != what.offset)
        complain("misses something before", what.offset);
    }
    at = position{epoch_, what.offset};
  }
  void presence(const node_message&) override {}
  void asked(const node_message&) override {}
  void refused(client_error why) override { complain(why.what(), 0); }
  void unsubscribed(std::string reason, bool) override { complain(reason, 0); }
  void ended(client_error) override {}

  void complain(const std::string& what, std::uint64_t offset) {
    if (wrong.empty())
      wrong = channel_ + " " + what + " " + std::to_string(offset);
  }

  const model_node& node_;
  const std::string channel_;
  std::string epoch_;
};

class listener final : public session_listener {
 public:
  void changed(const client_status&, const std::string&) override {}
  void failed(const client_error&) override {}
  void resumed(bool) override { ++resumes; }
  void token_needed(std::function<void(tl::expected<std::string, std::string>)>) override {}
  bool is_reading() const override { return true; }
  int resumes = 0;
};

/// One client against one node.
class schedule {
 public:
  schedule(std::uint32_t seed, model_node::behaviour how)
      : dice_(seed), clock_(stepped_clock::seeded(seed)), node_(clock_, how),
        client_(clock_, ways(), settings(), listener_) {
    for (const auto& name : names)
      client_.add(name, {}, ledgers_.emplace_back(std::make_shared<ledger>(node_, name)));
    client_.start();
  }

  void run() {
    for (int i = 0; i < steps; ++i) {
      step();
      clock_.advance(milliseconds{roll(100)});
    }
    node_.upset = 0;
    clock_.advance(120s);
    come_to_rest();
    for (const auto& name : names)
      node_.publish(name, "the last of " + name); // tells of what the end might hide
    clock_.advance(1s);
    come_to_rest();
    check();
  }

  [[nodiscard]] int resumes() const { return listener_.resumes; }

 private:
  /// It may be moving to a better way just now.
  void come_to_rest() {
    for (int i = 0; i < 30 && client_.status().state != client_status::phase::open; ++i)
      clock_.advance(1s);
  }

  struct own_words {
    std::string data, ended = "open";
  };

  static session_settings settings() {
    session_settings s;
    s.limits.queue = 16;
    return s;
  }

  std::vector<std::unique_ptr<transport>> ways() {
    std::vector<std::unique_ptr<transport>> all;
    all.push_back(model_transport(client_transport::websocket, node_));
    all.push_back(model_transport(client_transport::sse, node_));
    return all;
  }

  [[nodiscard]] std::uint32_t roll(std::uint32_t below) { return dice_() % below; }
  [[nodiscard]] const std::string& some_name() { return names[roll(static_cast<std::uint32_t>(names.size()))]; }

  void step() {
    switch (roll(11)) {
    case 0:
    case 1:
    case 2:
      node_.publish(some_name(), "other " + std::to_string(++serial_));
      break;
    case 3:
      many();
      break;
    case 4:
    case 5:
      ours();
      break;
    case 6:
    case 7:
      if (auto* line = node_.some_line(roll(1000)))
        line->cut();
      break;
    case 8:
      node_.upset = roll(4);
      break;
    case 9:
      if (roll(10) < 3)
        node_.restart();
      break;
    default:
      clock_.advance(milliseconds{roll(5000)});
    }
  }

  void many() {
    const auto& name = some_name();
    for (int i = 0; i < 12; ++i)
      node_.publish(name, "other " + std::to_string(++serial_));
  }

  void ours() {
    const auto entry = own_.emplace_back(std::make_shared<own_words>());
    entry->data = "own " + std::to_string(++serial_);
    command what{"publish", some_name()};
    what.data = payload::of(entry->data);
    const auto in = client_.find(what.channel);
    client_.request(std::move(what), {}, in, [entry](const result& how) {
      entry->ended = how ? "done" : how.error().sent() ? "perhaps" : "never";
    });
  }

  void check() {
    CHECK(client_.status().state == client_status::phase::open);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto& l = *ledgers_[i];
      CHECK(l.wrong.empty());
      if (!l.wrong.empty())
        WARN(l.wrong);
      CHECK(l.at == position{node_.epoch(), node_.head(names[i])}); // the client stands where the channel stands
      CHECK(std::set<std::string>(l.data.begin(), l.data.end()).size() == l.data.size());
    }
    for (const auto& each : own_) {
      INFO(each->data << " was " << each->ended << ", and published " << node_.times[each->data] << " times");
      CHECK(each->ended != "open");
      CHECK(node_.times[each->data] <= (each->ended == "never" ? 0 : 1));
      CHECK(node_.times[each->data] >= (each->ended == "done" ? 1 : 0));
    }
  }

  std::mt19937 dice_;
  stepped_clock clock_;
  model_node node_;
  listener listener_;
  std::vector<std::shared_ptr<ledger>> ledgers_;
  std::vector<std::shared_ptr<own_words>> own_;
  int serial_ = 0;
  session client_;
};

void run_all(model_node::behaviour how) {
  int resumes = 0;
  for (std::uint32_t i = 0; i < schedules; ++i) {
    const auto seed = troupe::test::seed() + i;
    INFO("seed " << seed);
    schedule one{seed, how};
    one.run();
    resumes += one.resumes();
  }
  CHECK((resumes > 0) == how.resumes);
}

} // namespace

TEST_CASE("random schedules of cuts, restarts and delays: sessions are resumed, all in order") {
  run_all({true, false});
}
TEST_CASE("random schedules of cuts, restarts and delays: sessions are resumed, answers overtake") {
  run_all({true, true});
}
TEST_CASE("random schedules of cuts, restarts and delays: sessions expire, all in order") { run_all({false, false}); }
TEST_CASE("random schedules of cuts, restarts and delays: sessions expire, answers overtake") {
  run_all({false, true});
}

} // namespace troupe::clients::test
