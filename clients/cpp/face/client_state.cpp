#include <utility>

#include "clients/cpp/face/client_state.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <stdexcept>

namespace troupe {

using namespace clients;

namespace {

client_options checked(client_options options) {
  const auto require = [](bool holds, const char* what) {
    if (!holds)
      throw std::invalid_argument(what);
  };
  auto ways = options.transports;
  std::sort(ways.begin(), ways.end());
  require(!ways.empty() && std::adjacent_find(ways.begin(), ways.end()) == ways.end(), "transports: some, each once");
  require(!options.executor || !options.polled, "an executor, or polled: not both");
  require(options.token.empty() || !options.token_source, "a token, or its source: not both");
  const auto& l = options.limits;
  require(l.in_flight > 0 && l.message_bytes > 0 && l.command_bytes > 0 && l.held_messages > 0 && l.callbacks > 0,
          "client_limits: only `queue` may be 0");
  const auto& t = options.times;
  for (const auto each : {t.connect, t.call, t.http_answer, t.heartbeat, t.patience, t.backoff, t.backoff_longest,
                          t.probe, t.probe_longest})
    require(each.count() > 0, "client_times: only `goodbye` may be 0");
  return options;
}

} // namespace

client::state::state(client_options options)
    : options_(checked(std::move(options))), callbacks_(make_callbacks()),
      net_(loop_, *callbacks_, node_address::of(options_.url), options_) {
  session_settings settings;
  settings.token = options_.token;
  settings.has_token_source = options_.token_source != nullptr;
  settings.limits = options_.limits;
  settings.times = options_.times;
  session_ =
      std::make_unique<session>(clock_, make_transports(), std::move(settings), static_cast<session_listener&>(*this));
}

client::state::~state() {
  if (thread_.joinable()) // shut by a callback on it
    thread_.detach();
}

std::shared_ptr<callback_queue> client::state::make_callbacks() {
  callback_queue::settings how;
  how.run_by = options_.executor;
  how.polled = options_.polled;
  how.limit = options_.limits.callbacks;
  how.post_to_loop = [this](callback_queue::work what) { post(std::move(what)); };
  how.failed = [this](const std::string& what) {
    if (on_error)
      callbacks_->put([then = on_error, what] { then({"callback", what}); });
  };
  return std::make_shared<callback_queue>(std::move(how));
}

std::vector<std::unique_ptr<transport>> client::state::make_transports() {
  const transport_environment around{net_, clock_, options_.limits, options_.times};
  std::vector<std::unique_ptr<transport>> all;
  for (const auto way : options_.transports)
    switch (way) {
    case client_transport::websocket:
      all.push_back(make_websocket(around, options_.msgpack ? codec::msgpack : codec::json));
      break;
    case client_transport::sse:
      all.push_back(make_sse(around));
      break;
    case client_transport::poll:
      all.push_back(make_poll(around));
      break;
    }
  return all;
}

// -- the loop -----------------------------------------------------------------

void client::state::start() {
  callbacks_->start();
  thread_ = std::thread{[self = shared_from_this()] { self->run(); }};
}

void client::state::run() {
  loop_.run(); // until `shut`
  loop_.restart();
  loop_.run_for(options_.times.goodbye); // what is to be said yet; less, if that is done sooner
}

void client::state::post(std::function<void()> what) { boost::asio::post(loop_, std::move(what)); }

void client::state::on_loop(std::function<void(session&)> what) {
  post([this, what = std::move(what)] {
    if (session_)
      what(*session_);
  });
}

void client::state::shut() {
  post([this] {
    session_->close("closed");
    session_.reset();
    busy_.reset();
    loop_.stop();
  });
  callbacks_->close();
  if (thread_.get_id() != std::this_thread::get_id())
    thread_.join();
}

// -- knowing ------------------------------------------------------------------

client_status client::state::status() const {
  const std::lock_guard lock{mutex_};
  return status_;
}

std::string client::state::session_id() const {
  const std::lock_guard lock{mutex_};
  return session_id_;
}

std::shared_ptr<void> client::state::new_ticket(std::size_t bytes) {
  const std::lock_guard lock{mutex_};
  const auto& l = options_.limits;
  if (asked_ >= l.queue + l.in_flight || (asked_ > 0 && asked_bytes_ + bytes > l.command_bytes))
    return nullptr;
  ++asked_;
  asked_bytes_ += bytes;
  return {this, [of = weak_from_this(), bytes](void*) {
            if (const auto self = of.lock()) {
              const std::lock_guard back{self->mutex_};
              --self->asked_;
              self->asked_bytes_ -= bytes;
            }
          }};
}

// -- channels -----------------------------------------------------------------

std::shared_ptr<client_channel::face> client::state::channel(const std::string& name, client_wishes wishes) {
  const std::lock_guard lock{mutex_};
  auto& found = channels_[name];
  if (!found || found->has_ended())
    found = std::make_shared<client_channel::face>(name, std::move(wishes), weak_from_this());
  return found;
}

void client::state::forget(const client_channel::face& which) {
  const std::lock_guard lock{mutex_};
  const auto found = channels_.find(which.name());
  if (found != channels_.end() && found->second.get() == &which)
    channels_.erase(found);
}

// -- what the session tells (on the loop) -------------------------------------

void client::state::changed(const client_status& now, const std::string& session) {
  {
    const std::lock_guard lock{mutex_};
    status_ = now;
    session_id_ = session;
  }
  if (on_state)
    callbacks_->put([then = on_state, now] { then(now); });
}

void client::state::failed(const client_error& why) {
  if (on_error)
    callbacks_->put([then = on_error, why] { then(why); });
}

void client::state::resumed(bool all_kept) {
  if (on_resumed)
    callbacks_->put([then = on_resumed, all_kept] { then(all_kept); });
}

void client::state::token_needed(std::function<void(tl::expected<std::string, std::string>)> then) {
  callbacks_->put([of = weak_from_this(), source = options_.token_source, then = std::move(then)] {
    tl::expected<std::string, std::string> token;
    try {
      token = source();
    } catch (const std::exception& e) {
      token = tl::unexpected(std::string{e.what()});
    }
    if (const auto self = of.lock())
      self->on_loop([then, token](session&) { then(token); });
  });
}

} // namespace troupe
