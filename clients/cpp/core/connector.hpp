#pragma once
/// Keeps one connection to the node, on the best transport that works.
///
///     idle ──start──► connecting ──welcome──► open ──lost──► waiting ──pause──► connecting
///                         │ failed: the next transport, or                         any ──close, final──► closed
///                         └──────────────────────────────────► waiting
///
/// Owner: the session. Thread: the session's.

#include "clients/cpp/core/backoff.hpp"
#include "clients/cpp/core/heartbeat.hpp"
#include "clients/cpp/core/ladder.hpp"
#include "clients/cpp/transports/transport.hpp"

#include <troupe/client.hpp>

#include <vector>

namespace troupe::clients {

/// Who uses the connection.
class connector_owner {
 public:
  virtual ~connector_owner() = default;

  /// `probe`: only to see whether the transport works.
  [[nodiscard]] virtual opening opening_for(bool probe) = 0;

  /// `welcome` has come: the node listens. Ends with `connector::greeted`, or with `refused`.
  virtual void greet(const node_message& welcome) = 0;

  /// `counts`: it is one of those that `resume` counts.
  virtual void heard(node_message message, bool counts) = 0;
  virtual void ping() = 0; ///< asks for any answer at all

  /// True: not we were refused, but the session that this attempt was to go on with.
  virtual bool lost(const ending& how, bool was_welcomed) = 0;
  virtual void changed(const client_status& now) = 0;
  [[nodiscard]] virtual bool is_reading() const = 0; ///< false: what comes is left unread for now
};

class connector {
 public:
  connector(clock& time, std::vector<std::unique_ptr<transport>> transports, const client_times& times,
            connector_owner& owner);
  ~connector();

  [[nodiscard]] const client_status& status() const noexcept { return status_; }
  [[nodiscard]] bool is_closed() const noexcept { return status_.state == client_status::phase::closed; }
  [[nodiscard]] bool is_connected() const noexcept { return connection_ != nullptr && welcomed_at_.has_value(); }

  /// Bytes that wait for the network.
  [[nodiscard]] std::size_t waiting() const { return connection_ ? connection_->waiting() : 0; }

  /// False: there is no connection.
  bool send(const command& what);

  // -- what its owner decides -------------------------------------------------

  /// Begins; makes an attempt at once where one is waited for.
  void start();
  void greeted();
  void refused(std::string why);
  void network_changed();
  void close(std::string reason);

 private:
  void open();
  [[nodiscard]] sink sink_of_attempt();
  void heard(node_message message);
  void welcomed(const node_message& welcome);
  void lost(const ending& how, bool sound = true);
  void wait(const ending& how);
  bool drop(bool goodbye, const ending& how);
  void change(client_status::phase to, std::string reason, std::optional<client_transport> by = {},
              milliseconds retry = {});

  // Looking for a better transport.
  void probe_later();
  void probe();
  void probed(bool works);
  void end_probe(bool goodbye);

  [[nodiscard]] transport& current() const { return *transports_[ladder_.current()]; }

  clock& clock_;
  const std::vector<std::unique_ptr<transport>> transports_;
  const client_times& times_;
  connector_owner& owner_;
  client_status status_;
  ladder ladder_;
  backoff backoff_;
  heartbeat heartbeat_;
  std::shared_ptr<connection> connection_, probe_;
  timer_ptr timer_, probe_timer_;
  milliseconds probe_pause_;
  milliseconds retry_after_{0};
  std::optional<milliseconds> welcomed_at_;
  std::uint64_t attempt_ = 0, probe_attempt_ = 0;
};

} // namespace troupe::clients
