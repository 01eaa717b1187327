#pragma once
/// Clients that speak to a node in the virtual node, one class per transport, and what they all have in common.

#include "testing/node/sockets.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::actors::testing {

using nlohmann::json;
using troupe::transport_kind;

/// A publication as a client saw it.
struct heard {
  std::string channel, event;
  json data;
  std::optional<std::uint64_t> offset; ///< none: ephemeral

  friend bool operator==(const heard&, const heard&) = default;
};

struct heard_gap {
  std::string channel;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> missed;
};

/// What a reader of one channel can do and see, whatever its transport.
class reader {
 public:
  virtual ~reader() = default;

  [[nodiscard]] virtual std::string transport() const = 0;
  /// Enters `channel`, from `since` (epoch-offset) if given; settles.
  virtual void join(const std::string& channel, const std::string& since = {}) = 0;
  /// Everything so far, in order. (Polls: polls until nothing more comes.)
  virtual std::vector<heard> publications() = 0;
  virtual std::vector<heard_gap> gaps() = 0;
  /// Where to go on after a loss of the connection.
  virtual std::string position() = 0;
  virtual void lose_connection() = 0;
  /// Reads no more, or again.
  virtual void stop_reading() = 0;
  virtual void read_again() = 0;
  /// The connection is open, or a poll may be sent.
  [[nodiscard]] virtual bool connected() const = 0;
};

// -- WebSocket ----------------------------------------------------------------

class ws_client final : public reader {
 public:
  /// `protocol`: `troupe.v1.json`, `troupe.v1.msgpack` or empty.
  explicit ws_client(virtual_node& node, std::string protocol = "troupe.v1.json", std::uint32_t shard = 0,
                     std::string path = "/ws", std::vector<std::pair<std::string, std::string>> headers = {});

  void send(const json& command);
  void send_text(std::string_view text);
  void send_binary(std::string_view bytes);

  /// All messages so far.
  std::vector<json> messages();
  /// Those since the last call.
  std::vector<json> fresh();
  /// Those of a type.
  std::vector<json> messages(std::string_view type);
  /// The answer with that id; null if there is none.
  json answer(const json& id);
  /// Sends with a new id and gives the answer back; settles.
  json ask(json command);
  [[nodiscard]] std::string session();

  [[nodiscard]] test_connection& line() { return *line_; }
  [[nodiscard]] std::uint32_t shard() const noexcept { return shard_; }
  [[nodiscard]] const std::optional<transports::http_response>& refused() const noexcept { return asked_->response(); }
  /// The request to become a WebSocket.
  [[nodiscard]] test_exchange& asked() { return *asked_; }
  /// It may have been answered later.
  void look() { line_ = asked_->web_socket(); }
  void close() { line_->peer_closes(), node_.settle(); }

  // -- reader -----------------------------------------------------------------

  [[nodiscard]] std::string transport() const override { return "WebSocket " + protocol_; }
  void join(const std::string& channel, const std::string& since) override;
  std::vector<heard> publications() override;
  std::vector<heard_gap> gaps() override;
  std::string position() override;
  void lose_connection() override;
  void stop_reading() override { line_->stop_reading(); }
  void read_again() override { line_->read_again(), node_.settle(); }
  [[nodiscard]] bool connected() const override { return line_ && line_->open(); }

 private:
  virtual_node& node_;
  const std::string protocol_;
  const std::uint32_t shard_;
  std::shared_ptr<test_exchange> asked_;
  std::shared_ptr<test_connection> line_;
  std::size_t seen_ = 0;
  std::int64_t next_id_ = 1000;
};

/// `room:1@e-5` → {"epoch":"e","offset":5}
[[nodiscard]] json since_json(const std::string& position);

// -- HTTP ---------------------------------------------------------------------

[[nodiscard]] transports::http_request request(std::string method, std::string target, std::string body = {},
                                               std::vector<std::pair<std::string, std::string>> headers = {});

/// The shard whose business a request is.
[[nodiscard]] std::uint32_t home_of(virtual_node& node, transports::http_request what);

/// Sends a request to the shard whose business it is, without waiting for the answer; settles.
std::shared_ptr<test_exchange> send_request(virtual_node& node, transports::http_request what, std::uint32_t lands_on = 0);

/// The same, and the answer that must be there by now.
transports::http_response answer(virtual_node& node, std::string method, std::string target, std::string body = {},
                                 std::vector<std::pair<std::string, std::string>> headers = {});

/// The header `name` of a response; empty: it has none.
[[nodiscard]] std::string header(const transports::http_response& r, std::string_view name);

/// The JSON of an answer that must be there by now.
[[nodiscard]] json body_of(const test_exchange& e);

/// As the node's API with its key.
json api(virtual_node& node, const std::string& path, const json& body, unsigned expected_status = 200);
json api_get(virtual_node& node, const std::string& target, unsigned expected_status = 200);

class sse_client final : public reader {
 public:
  explicit sse_client(virtual_node& node, std::uint32_t shard = 0) : node_(node), shard_(shard) {}

  /// Opens a stream at `target`.
  void open(const std::string& target, std::vector<std::pair<std::string, std::string>> headers = {});

  [[nodiscard]] std::string stream() const;
  [[nodiscard]] test_exchange& exchange() { return *exchange_; }
  [[nodiscard]] std::string token();

  [[nodiscard]] std::string transport() const override { return "SSE"; }
  void join(const std::string& channel, const std::string& since) override;
  std::vector<heard> publications() override;
  std::vector<heard_gap> gaps() override;
  std::string position() override;
  void lose_connection() override;
  void stop_reading() override { exchange_->body_stream()->stop_reading(); }
  void read_again() override { exchange_->body_stream()->read_again(), node_.settle(); }
  [[nodiscard]] bool connected() const override { return exchange_->body_stream() && exchange_->body_stream()->open(); }

 private:
  virtual_node& node_;
  const std::uint32_t shard_;
  std::string channel_;
  std::shared_ptr<test_exchange> exchange_;
};

class poll_client final : public reader {
 public:
  explicit poll_client(virtual_node& node, std::uint32_t shard = 0) : node_(node), shard_(shard) {}

  /// One poll; without waiting.
  std::shared_ptr<test_exchange> poll(const std::string& target);
  /// Takes note of an answered poll.
  void take(const test_exchange& answered);
  /// Where it stands in its channel, as other transports say it.
  [[nodiscard]] const std::string& place() const noexcept { return place_; }
  [[nodiscard]] const std::string& cursor() const noexcept { return cursor_; }
  [[nodiscard]] const std::string& token() const noexcept { return token_; }

  [[nodiscard]] std::string transport() const override { return "long poll"; }
  void join(const std::string& channel, const std::string& since) override;
  std::vector<heard> publications() override;
  std::vector<heard_gap> gaps() override;
  std::string position() override;
  void lose_connection() override;
  void stop_reading() override { stopped_ = true; }
  void read_again() override { stopped_ = false; }
  [[nodiscard]] bool connected() const override { return true; }

 private:
  void poll_until_quiet();

  virtual_node& node_;
  const std::uint32_t shard_;
  std::string channel_, cursor_, token_, place_;
  std::shared_ptr<test_exchange> waiting_;
  std::vector<heard> heard_;
  std::vector<heard_gap> gaps_;
  bool stopped_ = false;
};

// -- all transports -----------------------------------------------------------

struct transport_case {
  std::string name;
  std::function<std::unique_ptr<reader>(virtual_node&, std::uint32_t shard)> make;
};

/// Every transport and encoding a reader may have: tests of promises run over all of them.
[[nodiscard]] const std::vector<transport_case>& all_transports();

} // namespace troupe::actors::testing
