#pragma once
/// Callbacks of the application, run one after the other where it chose: on a thread of ours, by its executor, or where
/// it polls. Bound: past `limit` it is not open, and nothing more is read from the network until half of them have run.
///
/// Owner: the client, and whoever runs a callback just now. Thread: any.

#include "clients/cpp/network/asio_network.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace troupe::clients {

class callback_queue final : public intake, public std::enable_shared_from_this<callback_queue> {
 public:
  using work = std::function<void()>;
  using executor = std::function<void(work)>;

  struct settings {
    executor run_by; ///< none: a thread of ours, unless `polled`
    bool polled = false;
    std::size_t limit = 4096;
    executor post_to_loop;                          ///< for `when_open`
    std::function<void(const std::string&)> failed; ///< a callback threw; called where it did
  };

  explicit callback_queue(settings how) : how_(std::move(how)) {}
  ~callback_queue() override;

  /// Starts the thread, if it has one.
  void start();

  void put(work what);

  /// Runs what waits; says how many.
  std::size_t run();

  /// No callback begins any more. Waits for one that runs, unless it is the caller.
  void close();

  bool is_open() const override;
  void when_open(std::function<void()> then) override;

 private:
  void run_until_closed();
  bool run_next();
  void call(const work& what);

  const settings how_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<work> waiting_;
  std::vector<std::function<void()>> when_open_;
  std::thread::id running_on_; // none: nothing runs
  bool scheduled_ = false;     // the executor has us
  bool closed_ = false;
  std::thread thread_;
};

} // namespace troupe::clients
