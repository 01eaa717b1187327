#pragma once
/// A server on port 0 of the loopback with its loops and scripted handlers.

#include "tests/transports/scripted_handler.hpp"
#include "transports/server.hpp"

#include <future>
#include <memory>
#include <vector>

namespace troupe::transports::test {

class running_server {
 public:
  explicit running_server(std::size_t shards = 1, config::settings settings = loopback(), byte_stream_factory byte_streams = {});
  ~running_server();

  /// Ends the server, while its loops still run.
  void end_server() { server_ = nullptr; }

  static config::settings loopback();

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] scripted_handler& handler(std::size_t shard = 0) { return *shards_[shard]->handler; }
  [[nodiscard]] diary& notes(std::size_t shard = 0) { return handler(shard).notes; }
  [[nodiscard]] transports::server& get() { return *server_; }

  [[nodiscard]] client connect() const { return client(port()); }

  /// Runs `work` on the loop of `shard`, and waits.
  template <class Work>
  auto on(std::size_t shard, Work work) {
    const auto task = std::make_shared<std::packaged_task<std::invoke_result_t<Work>()>>(std::move(work));
    auto result = task->get_future();
    shards_[shard]->loop.post([task] { (*task)(); });
    return result.get();
  }

  template <class Work>
  auto on_loop(Work work) {
    return on(0, std::move(work));
  }

  /// Lets the loop run until all that is ready has been handled.
  void settle(std::size_t shard = 0, int turns = 4);

  void stop_listening();

 private:
  struct loop_and_handler {
    io_loop loop;
    std::unique_ptr<scripted_handler> handler = std::make_unique<scripted_handler>(loop);
  };

  std::vector<std::unique_ptr<loop_and_handler>> shards_;
  std::unique_ptr<transports::server> server_;
};

} // namespace troupe::transports::test
