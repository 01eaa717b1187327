#pragma once
/// A channel as the application sees it: its callbacks, and the futures that wait for it.
///
/// Owner: the client and the application's handles. Thread: any; what a membership tells comes on the loop, and reaches
/// the callbacks by the callback queue.

#include "clients/cpp/core/membership.hpp"
#include "clients/cpp/core/session.hpp"
#include "clients/cpp/face/callback_list.hpp"
#include "clients/cpp/face/reply_slot.hpp"

#include <troupe/client.hpp>

#include <atomic>
#include <mutex>

namespace troupe {

class client_channel::face final : public clients::membership_listener, public std::enable_shared_from_this<face> {
 public:
  face(std::string name, client_wishes wishes, std::weak_ptr<client::state> of)
      : name_(std::move(name)), wishes_(std::move(wishes)), of_(std::move(of)) {}

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] bool has_ended() const;
  [[nodiscard]] std::optional<position> where() const;

  // -- callbacks --------------------------------------------------------------

  clients::callback_list<const client_message&> messages;
  clients::callback_list<const client_message&, std::uint64_t> asks;
  clients::callback_list<const client_joined&> joins;
  clients::callback_list<std::optional<std::uint64_t>> gaps;
  clients::callback_list<const client_presence&> presences;
  clients::callback_list<const client_error&> refusals;
  clients::callback_list<const std::string&, bool> ends;

  [[nodiscard]] callback_id new_id() noexcept { return ++ids_; }
  void off(callback_id which);
  void send_answer(std::uint64_t ask, payload data);

  // -- being in ---------------------------------------------------------------

  std::future<void> subscribe();
  void rejoin();
  void leave();

  // -- asking -----------------------------------------------------------------

  using answered = std::function<void(clients::result)>;

  /// Asks on the loop, once we are in.
  void ask(clients::command what, client_call how, answered then);
  [[nodiscard]] std::shared_ptr<client::state> owner() const { return of_.lock(); }

 private:
  void subscribed(client_joined how, position at) override;
  void gap(std::optional<std::uint64_t> missed, position at) override;
  void said(client_message what) override;
  void presence(const clients::node_message& change) override;
  void asked(const clients::node_message& question) override;
  void refused(client_error why) override;
  void unsubscribed(std::string reason, bool again) override;
  void ended(client_error why) override;

  void join(clients::session& in, const std::shared_ptr<clients::reply_slot<void>>& slot);
  void tell(std::function<void(face&)> what);
  void stand_at(position at);
  void stand_at(offset_t offset);

  const std::string name_;
  const client_wishes wishes_;
  const std::weak_ptr<client::state> of_;
  std::atomic<callback_id> ids_ = 0;

  std::shared_ptr<clients::membership> membership_;                 // loop
  std::vector<std::shared_ptr<clients::reply_slot<void>>> waiting_; // loop: for being in

  mutable std::mutex mutex_;
  std::optional<position> told_;
  std::optional<client_error> end_;
};

} // namespace troupe
