#include <utility>

#include <troupe/client.hpp>

#include "clients/cpp/face/client_state.hpp"
#include "clients/cpp/face/publish_command.hpp"
#include "clients/cpp/face/read_answers.hpp"
#include "clients/cpp/face/settle.hpp"

namespace troupe {

using namespace clients;

client::client(client_options options) : state_(std::make_shared<state>(std::move(options))) { state_->start(); }

client::~client() {
  if (state_)
    state_->shut();
}

client::client(client&&) noexcept = default;

client& client::operator=(client&& other) noexcept {
  if (this != &other) {
    if (state_)
      state_->shut();
    state_ = std::move(other.state_);
  }
  return *this;
}

// -- the connection -----------------------------------------------------------

void client::connect() {
  state_->on_loop([](session& s) { s.start(); });
}

void client::close(std::string reason) {
  state_->on_loop([reason = std::move(reason)](session& s) { s.close(reason); });
}

client_status client::status() const { return state_->status(); }
std::string client::session_id() const { return state_->session_id(); }

void client::network_changed() {
  state_->on_loop([](session& s) { s.network_changed(); });
}

std::future<void> client::authenticate(std::string token) {
  const auto slot = std::make_shared<reply_slot<void>>();
  auto answer = slot->future();
  if (state_->admit(*slot, token.size()))
    state_->on_loop([slot, token = std::move(token)](session& s) {
      s.authenticate(token, [slot](const result& how) { how ? slot->give() : slot->fail(how.error()); });
    });
  return answer;
}

std::future<std::chrono::milliseconds> client::ping() {
  const auto slot = std::make_shared<reply_slot<std::chrono::milliseconds>>();
  auto answer = slot->future();
  if (state_->admit(*slot, 0))
    state_->on_loop([slot](session& s) {
      const auto begin = std::chrono::steady_clock::now();
      s.ask({"ping"}, [slot, begin](const result& how) {
        const auto time = std::chrono::steady_clock::now() - begin;
        how ? slot->give(std::chrono::duration_cast<std::chrono::milliseconds>(time)) : slot->fail(how.error());
      });
    });
  return answer;
}

// -- what is told -------------------------------------------------------------

void client::on_state(std::function<void(const client_status&)> then) { state_->on_state = std::move(then); }
void client::on_error(std::function<void(const client_error&)> then) { state_->on_error = std::move(then); }
void client::on_resumed(std::function<void(bool)> then) { state_->on_resumed = std::move(then); }

// -- channels -----------------------------------------------------------------

client_channel client::channel(const std::string& name, client_wishes wishes) {
  return client_channel{state_->channel(name, std::move(wishes))};
}

std::future<position> client::publish(const std::string& channel, std::string event, payload data, client_publish how) {
  const auto slot = std::make_shared<reply_slot<position>>();
  auto answer = slot->future();
  auto what = publish_command(std::move(event), std::move(data), how);
  what.channel = channel;
  if (state_->admit(*slot, what.size()))
    state_->on_loop([slot, what = std::move(what), how = std::move(how)](session& s) {
      s.request(what, how, nullptr, settle_with(slot, [](const payload& said) { return read_position(said.value()); }));
    });
  return answer;
}

// -- callbacks ----------------------------------------------------------------

std::size_t client::poll() { return state_->callbacks().run(); }

} // namespace troupe
