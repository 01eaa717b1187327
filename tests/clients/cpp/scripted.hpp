#pragma once
/// A session whose transports are played by the test: what it opens and sends is seen, what the node says is made up.

#include "clients/cpp/core/codec.hpp"
#include "clients/cpp/core/session.hpp"
#include "tests/clients/cpp/stepped_clock.hpp"

#include <string>
#include <vector>

namespace troupe::clients::test {

using nlohmann::json;
using words = std::vector<std::string>;

/// One connection, with the test at its other end.
class scripted_line final : public connection {
 public:
  scripted_line(client_transport kind, opening what, sink to);

  void send(const command& what) override;
  std::size_t waiting() const override { return waits; }
  void close(bool is_goodbye) override;

  // -- as the node ------------------------------------------------------------

  void say(json message);
  void answer(json message); ///< by a way that does not count
  void welcome(json more = json::object());
  void end(int code = 1006, std::string reason = "cut");
  void end(ending how);

  void joined(const std::string& channel, json more = json::object());
  void reply(const std::string& action, json data = nullptr);
  void refuse(const std::string& action, const std::string& code, json more = json::object());
  void resumed(json more = json::object());
  void broadcast(const std::string& channel, std::uint64_t offset);

  // -- what was said to it ----------------------------------------------------

  /// The last command of this kind; there must be one.
  [[nodiscard]] json last(const std::string& action, const std::string& channel = {}) const;
  [[nodiscard]] std::size_t count(const std::string& action) const;
  [[nodiscard]] words actions() const; ///< `action channel` each
  [[nodiscard]] std::vector<json> data_of(const std::string& action) const;

  const client_transport kind;
  const opening opened_with;
  std::vector<json> sent;
  std::size_t waits = 0;
  bool open = true, goodbye = false;

 private:
  sink sink_;
};

/// What a channel told, in words: `subscribed`, `said 1`, `gap 20`, `refused busy`, `out kicked` …
class heard_channel final : public membership_listener {
 public:
  words told;
  std::vector<client_message> messages;
  std::vector<position> positions;
  std::vector<client_joined> joins;
  std::vector<json> asks, presences;
  std::optional<client_error> end;

  [[nodiscard]] words said() const; ///< the data of what was said

 private:
  void subscribed(client_joined how, position at) override;
  void gap(std::optional<std::uint64_t> missed, position at) override;
  void said(client_message what) override;
  void presence(const node_message& change) override { presences.push_back(change.more); }
  void asked(const node_message& question) override { asks.push_back(question.more); }
  void refused(client_error why) override { told.push_back("refused " + why.code()); }
  void unsubscribed(std::string reason, bool again) override;
  void ended(client_error why) override { end = why; }
};

/// How a question ended: "open", "done", or its error's code, with " (sent)".
struct outcome {
  std::string how = "open";
  json data;
};

/// The session and all around it.
class stage final : public session_listener {
 public:
  using ways = std::vector<client_transport>;
  static ways all() { return {client_transport::websocket, client_transport::sse, client_transport::poll}; }
  static ways only(client_transport one) { return {one}; }

  explicit stage(session_settings settings = {}, ways transports = all(), stepped_clock time = stepped_clock{});

  [[nodiscard]] scripted_line& line() { return *lines.back(); }

  /// Lets the pause go by, until there is another connection.
  scripted_line& come_back();

  /// The line is cut, and another one is there.
  scripted_line& cut();

  std::shared_ptr<heard_channel> subscribe(const std::string& name, client_wishes wishes = {});

  std::shared_ptr<outcome> publish(const std::string& channel, int data, client_call how = {});
  std::shared_ptr<outcome> call(const std::string& channel, client_call how = {});
  std::shared_ptr<outcome> ask(command what, client_call how = {});

  [[nodiscard]] std::string state() const { return to_string(client.status().state); }
  [[nodiscard]] std::size_t total(const std::string& action) const;

  stepped_clock clock;
  std::vector<std::shared_ptr<scripted_line>> lines;
  words states, errors;
  std::vector<bool> resumes;
  std::vector<std::function<void(tl::expected<std::string, std::string>)>> token_wishes;
  bool reads = true;
  session client; // the last: it begins with the others there

 private:
  std::vector<std::unique_ptr<transport>> make_transports(const ways& which);

  void changed(const client_status& now, const std::string&) override { states.push_back(to_string(now.state)); }
  void failed(const client_error& why) override { errors.push_back(why.code()); }
  void resumed(bool all_kept) override { resumes.push_back(all_kept); }
  void token_needed(std::function<void(tl::expected<std::string, std::string>)> then) override {
    token_wishes.push_back(std::move(then));
  }
  bool is_reading() const override { return reads; }
};

/// In `room` at offset 0 of `e1`, over a WebSocket.
class in_room {
 public:
  explicit in_room(session_settings settings = {}, stage::ways transports = stage::all(), client_wishes wishes = {});

  stage s;
  std::shared_ptr<heard_channel> room;
};

} // namespace troupe::clients::test
