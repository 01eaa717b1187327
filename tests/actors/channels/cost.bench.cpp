// What a channel costs: time per publication whose store answers at once, and memory of one that lives and does nothing.
//   channel_cost [publications]
#include "actors/channels/channel_runtime.hpp"
#include "actors/stores/memory_store.hpp"

#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>

using namespace troupe;
using namespace troupe::actors;

namespace {

/// Takes every batch and forgets it.
class nobody final : public channel_host {
 public:
  struct nowhere final : effect_outlet {
    void send(effect_batch_ptr) override {}
  };
  std::unique_ptr<effect_outlet> outlet() override { return std::make_unique<nowhere>(); }
  void post(std::function<void()>) override {}
  caf::event_based_actor& actor() override { std::abort(); }
};

struct deaf final : announcer {
  void announce(node_event) override {}
};

struct ground {
  config::settings settings;
  config::name_space rights;
  memory_store keep{[] { return std::chrono::system_clock::now(); }};
  deaf events;
  nobody host;

  ground() { rights.publish = config::permission::members; }
  channel_parts parts(const std::string& name) {
    return {name, {}, rights, settings, keep, events, {[] { return std::chrono::steady_clock::now(); },
                                                       [] { return std::chrono::system_clock::now(); }}};
  }
  std::unique_ptr<channel_runtime> start(const channel_parts& of) {
    std::unique_ptr<channel_runtime> made;
    keep.open(of.name, retention_of(of.name_space, settings), {}, [](auto what) { what(); },
              [&](auto got) { made = std::make_unique<channel_runtime>(of, std::move(*got), host); });
    made->begin();
    return made;
  }
};

command_batch batch_of(std::size_t publications, std::uint32_t shard) {
  command_batch batch;
  batch.from.end = shard;
  batch.from.slot = 1;
  for (; publications > 0; --publications) {
    protocol::publish p;
    p.event = "e";
    p.data = payload::json_text("\"" + std::string(100, 'x') + "\"");
    batch.commands.push_back({session_id{shard + 1}, false, {}, std::move(p)});
  }
  return batch;
}

void publish(std::size_t total, std::size_t in_batch, std::uint32_t shards) {
  ground g;
  const auto of = g.parts("room:1");
  const auto channel = g.start(of);
  for (std::uint32_t shard = 0; shard < shards; ++shard) {
    command_batch in = batch_of(0, shard);
    join j;
    j.who.id = session_id{shard + 1};
    in.commands.push_back({j.who.id, false, std::int64_t{1}, j});
    channel->handle(in);
  }
  std::vector<command_batch> batches;
  for (std::size_t done = 0; done < total; done += in_batch) {
    batches.push_back(batch_of(in_batch, 0));
    batches.back().first = 2 + done;
    batches.back().effects_taken = batches.size();
  }
  const auto begin = std::clock(); // of this process, so that a loaded machine tells the same
  for (auto& batch : batches)
    channel->handle(batch);
  const double took = 1e9 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  std::printf("publish, batches of %3zu, %u links: %6.0f ns each\n", in_batch, shards, took / static_cast<double>(total));
}

void idle(std::size_t count) {
  ground g;
  std::vector<std::unique_ptr<channel_parts>> parts;
  std::vector<std::unique_ptr<channel_runtime>> all;
  parts.reserve(count), all.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    parts.push_back(std::make_unique<channel_parts>(g.parts("room:" + std::to_string(i))));
  const auto before = mallinfo2().uordblks;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(g.start(*parts[i]));
    auto batch = batch_of(1, 0);
    batch.commands.front().trusted = true;
    all.back()->handle(batch);
  }
  std::printf("a live channel with one publication, without its actor: %zu B (runtime %zu B)\n",
              (mallinfo2().uordblks - before) / count, sizeof(channel_runtime));
}

} // namespace

int main(int argc, char** argv) {
  const std::size_t total = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 200'000;
  for (const std::size_t in_batch : {1, 16, 256})
    for (const std::uint32_t shards : {1u, 4u})
      publish(total / in_batch * in_batch, in_batch, shards);
  idle(2'000);
}
