#include "clients/cpp/core/connector.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace troupe::clients {

namespace {

constexpr milliseconds unsound_below{2'000}; // what is over sooner was cut by somebody between

/// Close codes and errors after which coming back would only fail again.
bool is_final(const ending& how) {
  constexpr std::array<int, 9> codes{1000, 1002, 1003, 1007, 1008, 1009, 4000, 4003, 4004};
  constexpr std::array<std::string_view, 3> errors{"bad_origin", "replaced", "kicked"};
  return std::find(errors.begin(), errors.end(), how.error) != errors.end() || (how.code && std::find(codes.begin(), codes.end(), *how.code) != codes.end());
}

} // namespace

connector::connector(clock& time, std::vector<std::unique_ptr<transport>> transports, const client_times& times,
                     connector_owner& owner)
    : clock_(time), transports_(std::move(transports)), times_(times), owner_(owner), ladder_(transports_.size()),
      backoff_(time, times.backoff, times.backoff_longest),
      heartbeat_(time, times.patience,
                 {[this] { owner_.ping(); }, [this] { lost({"the node has fallen silent"}, false); },
                  [this] { return owner_.is_reading(); }}),
      probe_pause_(times.probe) {}

connector::~connector() {
  ++attempt_;
  end_probe(false);
  if (connection_)
    connection_->close(false);
}

bool connector::send(const command& what) {
  if (!is_connected())
    return false;
  connection_->send(what);
  return true;
}

// -- what its owner decides ---------------------------------------------------

void connector::start() {
  if (!connection_ && !is_closed())
    open();
}

void connector::network_changed() {
  if (status_.state == client_status::phase::idle || is_closed())
    return;
  heartbeat_.doubt();
  if (!connection_)
    ladder_.reset();
  else if (!ladder_.is_at_top() && welcomed_at_)
    probe();
  start();
}

void connector::close(std::string reason) {
  if (is_closed())
    return;
  drop(true, {reason});
  change(client_status::phase::closed, std::move(reason));
}

// -- an attempt ---------------------------------------------------------------

void connector::open() {
  timer_.reset();
  ++attempt_;
  const auto by = current().kind();
  change(client_status::phase::connecting, status_.reason, by);
  timer_ = clock_.after(times_.connect, [this, by] { lost({std::string{"no answer by "} + to_string(by)}, false); });
  auto what = owner_.opening_for(false);
  connection_ = current().open(std::move(what), sink_of_attempt());
}

/// What a connection of before still says is not heard.
sink connector::sink_of_attempt() {
  const auto is_current = [this, attempt = attempt_] { return attempt == attempt_; };
  return {[=, this](node_message message) {
            if (is_current())
              heard(std::move(message));
          },
          [=, this](node_message message) {
            if (is_current())
              owner_.heard(std::move(message), false);
          },
          [=, this] {
            if (is_current())
              heartbeat_.heard();
          },
          [=, this](const ending& how) {
            if (is_current())
              lost(how);
          }};
}

void connector::heard(node_message message) {
  if (message.type == "closing") {
    if (const auto code = message.number("code")) // as a WebSocket would be closed
      return lost({message.text("reason"), static_cast<int>(*code)});
    retry_after_ = message.retry_after().value_or(milliseconds{0});
  }
  if (message.type == "welcome")
    welcomed(message);
  else
    owner_.heard(std::move(message), true);
}

void connector::welcomed(const node_message& welcome) {
  std::optional<milliseconds> said;
  if (const auto ms = welcome.number("heartbeat"); ms && *ms > 0)
    said = milliseconds{*ms};
  welcomed_at_ = clock_.now();
  ladder_.worked();
  heartbeat_.start(current().pulse_of(said));
  owner_.greet(welcome);
}

void connector::greeted() {
  timer_.reset();
  change(client_status::phase::open, {}, current().kind());
  if (!ladder_.is_at_top())
    probe_later();
}

void connector::refused(std::string why) { lost({std::move(why)}); }

// -- its end ------------------------------------------------------------------

void connector::lost(const ending& how, bool sound) {
  const bool was_welcomed = is_connected();
  const auto uptime = was_welcomed ? clock_.now() - *welcomed_at_ : milliseconds{0};
  const bool begins_anew = drop(false, how);
  if (is_closed()) // its owner has seen enough
    return;
  if (!begins_anew && is_final(how))
    return close(how.reason);
  if (was_welcomed) {
    backoff_.held(uptime);
    ladder_.ended(sound && uptime >= unsound_below);
  } else if (ladder_.failed()) {
    return open();
  }
  wait(how);
}

void connector::wait(const ending& how) {
  const auto pause = backoff_.next(how.retry_after.value_or(std::exchange(retry_after_, milliseconds{0})));
  retry_after_ = milliseconds{0};
  timer_ = clock_.after(pause, [this] { open(); });
  change(client_status::phase::waiting, how.reason, {}, pause);
}

/// Nothing is heard of the connection any more.
bool connector::drop(bool goodbye, const ending& how) {
  const bool was_welcomed = is_connected();
  ++attempt_;
  timer_.reset();
  end_probe(false);
  heartbeat_.stop();
  welcomed_at_.reset();
  if (const auto old = std::exchange(connection_, nullptr))
    old->close(goodbye);
  return owner_.lost(how, was_welcomed);
}

void connector::change(client_status::phase to, std::string reason, std::optional<client_transport> by,
                       milliseconds retry) {
  status_ = {to, by, std::move(reason), retry};
  owner_.changed(status_);
}

// -- looking for a better transport -------------------------------------------

void connector::probe_later() {
  end_probe(false);
  probe_timer_ = clock_.after(probe_pause_, [this] { probe(); });
  probe_pause_ = std::min(times_.probe_longest, 2 * probe_pause_);
}

/// Opens the first transport beside the one that works; once it is welcomed, everything moves there.
void connector::probe() {
  end_probe(false);
  auto& first = *transports_.front();
  const auto tell = [this, attempt = probe_attempt_](bool works) {
    if (attempt == probe_attempt_)
      probed(works);
  };
  probe_timer_ = clock_.after(times_.connect, [tell] { tell(false); });
  probe_ =
      first.open(owner_.opening_for(true), {[tell](const node_message& message) {
                                              if (message.type == "welcome")
                                                tell(true);
                                            },
                                            [](const node_message&) {}, [] {}, [tell](const ending&) { tell(false); }});
}

void connector::probed(bool works) {
  end_probe(true);
  if (!works)
    return probe_later();
  probe_pause_ = times_.probe;
  ladder_.reset();
  drop(false, {std::string{"moving to "} + to_string(transports_.front()->kind())});
  open();
}

void connector::end_probe(bool goodbye) {
  ++probe_attempt_;
  probe_timer_.reset();
  if (const auto old = std::exchange(probe_, nullptr))
    old->close(goodbye);
}

} // namespace troupe::clients
