// What keeping a channel's publications on disk costs: publications of 100 bytes that members had answered, by how many were under
// way at once, with history in memory and on disk.
//   durable_cost [seconds] [directory of the disk store]
#include "actors/channels/channel_runtime.hpp"
#include "actors/stores/disk/disk_store.hpp"
#include "actors/stores/memory_store.hpp"

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <mutex>

using namespace troupe;
using namespace troupe::actors;

namespace {

using clock_type = std::chrono::steady_clock;

struct deaf final : announcer {
  void announce(node_event what) override {
    if (const auto* e = std::get_if<events::store_failed>(&what))
      std::printf("the disk store fails: %s\n", e->reason.c_str());
  }
};

/// The channel's thread: takes what is posted, and counts what is answered.
class thread_of_channel final : public channel_host {
 public:
  std::unique_ptr<effect_outlet> outlet() override {
    struct counting final : effect_outlet {
      explicit counting(thread_of_channel& h) : here(h) {}
      void send(effect_batch_ptr batch) override {
        here.told = batch->number;
        here.answered += batch->completed.size();
      }
      thread_of_channel& here;
    };
    return std::make_unique<counting>(*this);
  }
  void post(std::function<void()> later) override {
    const std::lock_guard guard{mutex_};
    posted_.push_back(std::move(later));
    some_.notify_one();
  }
  caf::event_based_actor& actor() override { std::abort(); }

  /// Waits for something, if told to, and runs it.
  void run(channel_runtime& channel, bool wait) {
    std::unique_lock guard{mutex_};
    if (wait)
      some_.wait(guard, [this] { return !posted_.empty(); });
    auto work = std::exchange(posted_, {});
    guard.unlock();
    for (const auto& one : work)
      channel.run(one);
  }

  /// The first work, before there is a channel.
  void await(const std::function<bool()>& done) {
    while (!done()) {
      std::unique_lock guard{mutex_};
      some_.wait(guard, [this] { return !posted_.empty(); });
      auto work = std::exchange(posted_, {});
      guard.unlock();
      for (const auto& one : work)
        one();
    }
  }

  batch_number told = 0;
  std::size_t answered = 0;

 private:
  std::mutex mutex_;
  std::condition_variable some_;
  std::vector<std::function<void()>> posted_;
};

struct figure {
  double per_second = 0, cpu_us = 0;
};

figure measure(store& keep, std::size_t window, double seconds) {
  config::settings settings;
  config::name_space rights;
  rights.publish = config::permission::members;
  deaf events;
  thread_of_channel here;
  const channel_parts parts{"room:1", {}, rights, settings, keep, events,
                            {[] { return clock_type::now(); }, [] { return std::chrono::system_clock::now(); }}};
  std::unique_ptr<channel_runtime> channel;
  keep.open(parts.name, retention_of(rights, settings), {}, [&here](auto work) { here.post(std::move(work)); },
            [&](auto got) { channel = std::make_unique<channel_runtime>(parts, std::move(*got), here); });
  here.await([&] { return channel != nullptr; });
  channel->begin();
  command_number next = 1;
  std::size_t asked = 0;
  const auto send = [&](std::vector<channel_command> commands) {
    command_batch batch;
    batch.from.slot = 1;
    batch.first = next;
    batch.effects_taken = here.told;
    next += commands.size();
    asked += commands.size();
    batch.commands = std::move(commands);
    channel->handle(batch);
  };
  join j;
  j.who.id = session_id{1};
  send({{session_id{1}, false, std::int64_t{1}, j}});
  while (here.answered < asked)
    here.run(*channel, true);

  const auto cpu = std::clock();
  const auto begin = clock_type::now();
  const auto before = here.answered;
  while (std::chrono::duration<double>(clock_type::now() - begin).count() < seconds) {
    std::vector<channel_command> commands;
    for (auto room = std::min<std::size_t>(window - (asked - here.answered), 256); room > 0; --room) {
      protocol::publish p;
      p.event = "e";
      p.data = payload::json_text("\"" + std::string(100, 'x') + "\"");
      commands.push_back({session_id{1}, false, std::int64_t{1}, std::move(p)});
    }
    if (!commands.empty())
      send(std::move(commands));
    here.run(*channel, asked - here.answered >= window);
  }
  while (here.answered < asked)
    here.run(*channel, true);
  const double took = std::chrono::duration<double>(clock_type::now() - begin).count();
  const auto count = static_cast<double>(here.answered - before);
  return {count / took, 1e6 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC / count};
}

} // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::strtod(argv[1], nullptr) : 3;
  const std::string dir = argc > 2 ? argv[2] : "durable_cost.disk";
  std::printf("| under way | memory, /s | CPU us | disk, /s | CPU us | in a sync | memory : disk |\n|---|---|---|---|---|---|---|\n");
  for (const std::size_t window : {16, 256, 1024, 4096}) {
    memory_store memory{[] { return std::chrono::system_clock::now(); }};
    const auto in_memory = measure(memory, window, seconds);
    deaf events;
    disk_settings how;
    how.dir = dir;
    disk_store disk{how, [] { return std::chrono::system_clock::now(); }, events, 0};
    const auto on_disk = measure(disk, window, seconds);
    std::printf("| %zu | %.0f | %.2f | %.0f | %.2f | %.0f | %.2f |\n", window, in_memory.per_second, in_memory.cpu_us,
                on_disk.per_second, on_disk.cpu_us,
                on_disk.per_second * seconds / static_cast<double>(std::max<std::uint64_t>(disk.disk().syncs, 1)),
                in_memory.per_second / on_disk.per_second);
  }
  std::filesystem::remove_all(dir);
}
