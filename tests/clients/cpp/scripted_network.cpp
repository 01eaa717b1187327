#include "tests/clients/cpp/scripted_network.hpp"

#include <catch2/catch.hpp>

#include <utility>

namespace troupe::clients::test {

namespace {

class call_handle final : public http_call {
 public:
  explicit call_handle(std::shared_ptr<scripted_call> of) : of_(std::move(of)) {}
  ~call_handle() override { of_->given_up = true; }

 private:
  const std::shared_ptr<scripted_call> of_;
};

class socket_handle final : public socket {
 public:
  explicit socket_handle(std::shared_ptr<scripted_call> of) : of_(std::move(of)) {}
  ~socket_handle() override { of_->given_up = true; }
  void send(std::string bytes, bool binary) override { of_->sent.emplace_back(std::move(bytes), binary); }
  std::size_t waiting() const override { return 0; }
  void close(std::uint16_t code) override { of_->closed_with = code; }

 private:
  const std::shared_ptr<scripted_call> of_;
};

} // namespace

// Nothing is told any more once it was given up, as a network promises.

void scripted_call::answer(const json& what, unsigned status, std::optional<milliseconds> retry_after) {
  if (!given_up)
    http.head({status, retry_after});
  write(what.dump());
  end();
}

void scripted_call::write(std::string_view bytes) {
  if (!given_up)
    http.body(bytes);
}

void scripted_call::end() {
  if (!given_up)
    http.end();
}

void scripted_call::fail(const std::string& why) {
  if (!given_up)
    http.failed(why);
}

std::unique_ptr<http_call> scripted_network::request(http_request what, http_listener to) {
  calls.push_back(std::make_shared<scripted_call>());
  calls.back()->request = std::move(what);
  calls.back()->http = std::move(to);
  return std::make_unique<call_handle>(calls.back());
}

std::unique_ptr<socket> scripted_network::open(std::string target, std::string subprotocol, socket_listener to) {
  calls.push_back(std::make_shared<scripted_call>());
  calls.back()->target = std::move(target);
  calls.back()->subprotocol = std::move(subprotocol);
  calls.back()->ws = std::move(to);
  return std::make_unique<socket_handle>(calls.back());
}

void scripted_network::go_away() {
  for (const auto& each : std::exchange(calls, {})) {
    const auto listener = std::exchange(each->http, {}); // the last of it may give up another call
    const auto socket_listener = std::exchange(each->ws, {});
  }
}

std::vector<std::shared_ptr<scripted_call>> scripted_network::all(const std::string& path) const {
  std::vector<std::shared_ptr<scripted_call>> found;
  for (const auto& each : calls)
    if (each->path() == path)
      found.push_back(each);
  return found;
}

std::shared_ptr<scripted_call> scripted_network::last(const std::string& path) const {
  const auto found = all(path);
  REQUIRE_FALSE(found.empty());
  return found.back();
}

opened::opened(client_transport kind, opening what, codec c) {
  const transport_environment around{net, clock, limits, times};
  way = kind == client_transport::websocket ? make_websocket(around, c)
        : kind == client_transport::sse     ? make_sse(around)
                                            : make_poll(around);
  line = open(std::move(what));
}

std::shared_ptr<connection> opened::open(opening what) {
  return way->open(std::move(what), {[this](node_message m) { heard.push_back(std::move(m)); },
                                     [this](node_message m) { answers.push_back(std::move(m)); }, [this] { ++alive; },
                                     [this](ending how) { ends.push_back(std::move(how)); }});
}

words opened::types() const {
  words all;
  for (const auto& each : heard)
    all.push_back(each.type == "error" ? each.text("code") : each.type);
  return all;
}

} // namespace troupe::clients::test
