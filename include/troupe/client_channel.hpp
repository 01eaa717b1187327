#pragma once

#include <troupe/client_error.hpp>
#include <troupe/client_message.hpp>
#include <troupe/fields.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// How we want to be in a channel.
struct client_wishes {
  std::optional<payload> params{}; ///< for the channel's class
  bool presence = false;           ///< tell who comes and goes
  std::optional<position> since{}; ///< what came after it is told, or a gap
  bool recover = true;             ///< false: after a loss join anew, for channels that tell newcomers everything
};

/// How a call is made.
struct client_call {
  std::chrono::milliseconds timeout{0}; ///< until it is given up; 0: calls `client_times::call`, publishes never

  /// Makes a retry safe: the node does once what it is told twice with one key. Empty: the client makes one, and
  /// retries with it after the connection was lost. Give your own to retry by yourself.
  std::string key{};
  bool keyless = false;      ///< no key, and no retry
  bool now_or_never = false; ///< sent at once or refused, and not answered: for what is worthless a moment later
};

/// How a publication is made.
struct client_publish : client_call {
  bool echo = true;       ///< false: not told to us
  bool ephemeral = false; ///< not kept: whoever is away never hears it
};

/// Which page of history.
struct client_page {
  std::optional<std::uint64_t> limit{};
  std::optional<offset_t> before{}; ///< only what has an offset below it
  std::optional<position> since{};  ///< forward from here
};

/// A channel as its client hears and uses it.
///
///     auto room = client.channel("room:tea");
///     room.on("message", [](const troupe::client_message& m) { std::cout << m.data.json() << '\n'; });
///     room.on<move>("moved", [](const move& m, const troupe::client_message&) { draw(m.x, m.y); });
///     room.on_gap([](std::optional<std::uint64_t> missed) { … });
///     room.subscribe().get();                            // or do not wait: it joins again after each loss, too
///     auto at = room.publish("message", troupe::payload::of("hello")).get();
///
/// What a channel published is told in its order, each once, whatever happened to the connection; or `on_gap` says what
/// is missing.
/// A handle: copies mean the same channel. Owner: anybody; the channel lives as long as its client. Thread: any.
/// Callbacks run one after the other where `client_options` say; set them before `subscribe`. A callback that throws
/// fails alone (`client::on_error`). Futures are ready on no thread of yours: waiting for one within a callback is
/// allowed, but gives a WebSocket time to fill `client_limits::callbacks`, after which nothing is read, answers
/// neither: give such calls a timeout. Ends: with `leave`, when we are put out, or with the client; what is asked then
/// fails as `closed`, or with what put us out.
class client_channel {
 public:
  /// Made by `client::channel`.
  class face;
  explicit client_channel(std::shared_ptr<face> of) noexcept : face_(std::move(of)) {}

  [[nodiscard]] const std::string& name() const noexcept;

  // -- hearing ----------------------------------------------------------------

  /// Of a callback, for `off`.
  using callback_id = std::uint64_t;
  using message_callback = std::function<void(const client_message&)>;

  /// Publications and private messages of this event; those without a name are a `message`.
  callback_id on(std::string event, message_callback then);

  /// The same, with its data read as `T` (fields.hpp). Data of another shape is an error of the callback.
  template <class T, class Then>
  callback_id on(std::string event, Then then) {
    return on(std::move(event), [then = std::move(then)](const client_message& m) { then(m.data.as<T>(), m); });
  }

  /// All of them.
  callback_id on_message(message_callback then);

  /// In, or in again.
  callback_id on_subscribed(std::function<void(const client_joined&)> then);

  /// So many publications were missed; nothing: nobody knows how many.
  callback_id on_gap(std::function<void(std::optional<std::uint64_t> missed)> then);

  /// Who came and went, if `client_wishes::presence`.
  callback_id on_presence(std::function<void(const client_presence&)> then);

  /// Not let in, and not tried again.
  callback_id on_refused(std::function<void(const client_error&)> then);

  /// Put out; `again`: it comes back by itself.
  callback_id on_unsubscribed(std::function<void(const std::string& reason, bool again)> then);

  /// Answers what the channel asks with this event.
  callback_id answer(std::string event, std::function<payload(const client_message&)> with);

  /// Forgets a callback. Called by one of them, it is not called again; by another thread, it may be running.
  void off(callback_id which);

  // -- being in ---------------------------------------------------------------

  /// Joins, and joins again by itself after each loss, until `leave`. Ready once we are in; throws if we are not let
  /// in.
  std::future<void> subscribe();

  /// Leaves, and begins anew as somebody who has not been here.
  void rejoin();

  /// Out, for good: `client::channel` makes another one of the name.
  void leave();

  /// Up to where everything was told to callbacks: `client_wishes::since` of another run.
  [[nodiscard]] std::optional<position> where() const;

  // -- saying -----------------------------------------------------------------

  /// Publishes once we are in; `event` may be empty. Ready with its position (offset 0: ephemeral). Throws
  /// client_error, as all of these: the node's word, or `disconnected` if nobody knows what became of it.
  std::future<position> publish(std::string event, payload data = {}, client_publish how = {});

  /// Asks the channel's class; ready with its answer.
  std::future<payload> call(std::string event, payload data = {}, client_call how = {});

  /// What was said: the newest, unless `which` says otherwise.
  std::future<client_history> history(client_page which = {});

  /// Everybody who is here.
  std::future<std::vector<client_member>> presence();

 private:
  std::shared_ptr<face> face_;
};

} // namespace troupe
