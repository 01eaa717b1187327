#pragma once
/// What a client is: the loop with its thread, the session on it, the callbacks, and the channels by name.
///
/// Owner: the client, and its thread while it runs. Thread: any, but for what says `loop`.

#include "clients/cpp/core/session.hpp"
#include "clients/cpp/face/callback_queue.hpp"
#include "clients/cpp/face/channel_face.hpp"
#include "clients/cpp/face/reply_slot.hpp"
#include "clients/cpp/network/asio_clock.hpp"
#include "clients/cpp/transports/transports.hpp"

#include <troupe/client.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>

namespace troupe {

class client::state final : private clients::session_listener, public std::enable_shared_from_this<client::state> {
 public:
  explicit state(client_options options);
  ~state() override;

  /// Starts the threads.
  void start();

  /// Ends everything, and waits for it as `~client` says.
  void shut();

  /// Runs `what` on the loop, unless the session is over.
  void on_loop(std::function<void(clients::session&)> what);

  [[nodiscard]] client_status status() const;
  [[nodiscard]] std::string session_id() const;
  [[nodiscard]] const client_limits& limits() const noexcept { return options_.limits; }
  [[nodiscard]] clients::callback_queue& callbacks() noexcept { return *callbacks_; }

  // -- channels ---------------------------------------------------------------

  [[nodiscard]] std::shared_ptr<client_channel::face> channel(const std::string& name, client_wishes wishes);
  void forget(const client_channel::face& which);

  // -- asking -----------------------------------------------------------------

  /// Counts a question of so many bytes while the slot lives. False: too many, and the slot has failed.
  template <class T>
  [[nodiscard]] bool admit(clients::reply_slot<T>& slot, std::size_t bytes) {
    slot.ticket = new_ticket(bytes);
    if (!slot.ticket)
      slot.fail({"queue_full", "too much waits for its answer"});
    return slot.ticket != nullptr;
  }

  std::function<void(const client_status&)> on_state;
  std::function<void(const client_error&)> on_error;
  std::function<void(bool)> on_resumed;

 private:
  void changed(const client_status& now, const std::string& session) override;
  void failed(const client_error& why) override;
  void resumed(bool all_kept) override;
  void token_needed(std::function<void(tl::expected<std::string, std::string>)> then) override;
  [[nodiscard]] bool is_reading() const override { return callbacks_->is_open(); }

  [[nodiscard]] std::shared_ptr<clients::callback_queue> make_callbacks();
  [[nodiscard]] std::vector<std::unique_ptr<clients::transport>> make_transports();
  [[nodiscard]] std::shared_ptr<void> new_ticket(std::size_t bytes);
  void post(std::function<void()> what);
  void run();

  const client_options options_;
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy_{loop_.get_executor()};
  const std::shared_ptr<clients::callback_queue> callbacks_;
  clients::asio_clock clock_{loop_};
  clients::asio_network net_;
  std::unique_ptr<clients::session> session_; // loop

  mutable std::mutex mutex_;
  client_status status_;
  std::string session_id_;
  std::map<std::string, std::shared_ptr<client_channel::face>> channels_;
  std::size_t asked_ = 0, asked_bytes_ = 0;
  std::thread thread_;
};

} // namespace troupe
