#include "clients/cpp/core/session.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace troupe::clients {

namespace {

constexpr milliseconds call_timeout_max{300'000}; // that a node takes

/// Of the keys of one client, so that no other of the same user has them.
std::string key_prefix(clock& time) {
  std::array<char, 48> text{};
  auto* at = text.data();
  for (const auto part :
       {static_cast<std::uint64_t>(time.random() * 0x1p53), static_cast<std::uint64_t>(time.now().count())})
    at = std::to_chars(at, text.data() + text.size(), part, 36).ptr;
  return {text.data(), at};
}

} // namespace

session::session(clock& time, std::vector<std::unique_ptr<transport>> transports, session_settings settings,
                 session_listener& to)
    : clock_(time), settings_(std::move(settings)), listener_(to),
      queue_(time, settings_.limits, [this](const command& what) { return connector_.send(what); }),
      key_prefix_(key_prefix(time)), connector_(time, std::move(transports), settings_.times, *this) {}

void session::close(const std::string& reason) {
  for (const auto& m : all())
    m->leave();
  connector_.close(reason);
}

/// Telling one may end others.
std::vector<std::shared_ptr<membership>> session::all() const {
  std::vector<std::shared_ptr<membership>> list;
  for (const auto& [name, m] : memberships_)
    list.push_back(m);
  return list;
}

// -- channels -----------------------------------------------------------------

std::shared_ptr<membership> session::find(const std::string& channel) const {
  const auto found = memberships_.find(channel);
  return found == memberships_.end() ? nullptr : found->second;
}

std::shared_ptr<membership> session::add(std::string channel, client_wishes wishes,
                                         std::shared_ptr<membership_listener> to) {
  if (const auto before = find(channel))
    before->leave();
  auto m = std::make_shared<membership>(std::move(channel), std::move(wishes),
                                        membership::environment{clock_, *this, settings_.limits, settings_.times},
                                        std::move(to));
  memberships_.emplace(m->name(), m);
  if (connector_.is_closed())
    m->end(closed());
  else if (greeted_)
    m->join();
  return m;
}

void session::left(const std::string& channel) {
  if (greeted_)
    ask({"unsubscribe", channel}, [](const result&) {});
  else
    leaving_.insert(channel);
}

void session::ended(const std::string& channel, const client_error& why) {
  memberships_.erase(channel);
  queue_.drop(why, &channel);
}

// -- commands -----------------------------------------------------------------

std::string session::new_key() { return key_prefix_ + '-' + std::to_string(++keys_); }

void session::request(command what, client_call how, const std::shared_ptr<membership>& in, result_handler then) {
  if (connector_.is_closed())
    return then(tl::unexpected(closed()));
  if (in && in->has_ended())
    return then(tl::unexpected(client_error{"closed", "out of " + in->name()}));
  const bool is_call = what.action == "call";
  if (!how.keyless && (is_call || (what.action == "publish" && !what.more.contains("ephemeral"))))
    what.more["key"] = how.key.empty() ? new_key() : how.key;
  const auto gate = [this, in] {
    if (in && in->has_ended())
      return passage::gone;
    return greeted_ && (!in || in->is_in()) ? passage::open : passage::shut;
  };
  if (how.now_or_never)
    return send_now(what, gate() == passage::open, then);
  if (is_call && how.timeout.count() <= 0)
    how.timeout = settings_.times.call;
  if (is_call && how.timeout <= call_timeout_max)
    what.more["timeout"] = how.timeout.count();
  queue_.submit(std::move(what), {gate, how.timeout}, std::move(then));
}

void session::send_now(const command& what, bool may_go, const result_handler& then) {
  if (connector_.waiting() > settings_.limits.outgoing_bytes)
    return then(tl::unexpected(client_error{"busy", "too much waits for the network"}));
  if (!may_go || !connector_.send(what))
    return then(tl::unexpected(disconnected()));
  then(node_message{});
}

void session::ask(command what, result_handler then) {
  if (!connector_.is_connected())
    return then(tl::unexpected(disconnected()));
  queue_.submit(std::move(what), {[] { return passage::open; }, {}, true}, std::move(then));
}

void session::ping() {
  ask({"ping"}, [](const result&) {});
}

// -- what the node says -------------------------------------------------------

void session::heard(node_message message, bool counts) {
  const auto m = find(message.channel);
  if (message.type == "resumed")
    go_on(message);
  else if (auto& who = fresh_ ? fresh_ : identity_; counts && who)
    ++who->received;
  const bool awaited = queue_.settle(message);
  if (message.type == "error") {
    if (!message.id) // of a command that nobody waits for
      listener_.failed(message.as_error(true));
  } else if (m && (!awaited || message.type == "unsubscribed")) {
    m->heard(std::move(message));
  }
}

// -- a connection ends --------------------------------------------------------

bool session::lost(const ending& how, bool was_welcomed) {
  const bool begins_anew = resuming_ && !was_welcomed && !how.error.empty() && !is_passing(how.error);
  if (begins_anew)
    become(std::nullopt);
  ++turn_;
  greeted_ = false;
  resuming_ = false;
  fresh_.reset();
  for (const auto& m : all())
    m->cut_off();
  queue_.lost();
  return begins_anew;
}

void session::changed(const client_status& now) {
  if (now.state == client_status::phase::closed) {
    for (const auto& m : all())
      m->end({"closed", now.reason});
    queue_.drop({"closed", now.reason});
  }
  listener_.changed(now, identity_ ? identity_->id : std::string{});
}

} // namespace troupe::clients
