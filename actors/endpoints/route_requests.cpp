#include "actors/endpoints/route_requests.hpp"

#include "actors/endpoints/endpoints.hpp"
#include "actors/endpoints/origin_policy.hpp"
#include "actors/hosting/exit_reason.hpp"
#include "actors/messages/starter.hpp"
#include "actors/sessions/http_refusal.hpp"
#include "actors/sessions/shard.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace troupe::actors {

using transports::error_response;
using transports::exchange_ptr;

namespace {

constexpr auto looked_at_again = std::chrono::hours{24};

std::string lower(std::string text) {
  for (auto& c : text)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

/// What cannot be sent; nothing: all can.
std::optional<std::string> wrong_with(const http_reply& what) {
  constexpr std::array<std::string_view, 5> ours{"content-length", "transfer-encoding", "connection", "upgrade", "date"};
  constexpr std::string_view token = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";
  if (what.status < 200 || what.status > 599)
    return "its status is " + std::to_string(what.status);
  for (const auto& [given, value] : what.headers) {
    const auto name = lower(given);
    if (name.empty() || name.find_first_not_of(token) != std::string::npos)
      return "a header is called `" + given + "`";
    if (std::find(ours.begin(), ours.end(), name) != ours.end())
      return "the header " + given + " is the node's";
    if (std::any_of(value.begin(), value.end(), [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; }))
      return "the header " + given + " has control characters";
  }
  return std::nullopt;
}

bool only_reads_by(const std::string& method) { return method == "GET" || method == "HEAD"; }

} // namespace

// -- promises -----------------------------------------------------------------

/// The way from any thread to the shard's, which may be gone by then. Owner: the shard and all promises. Thread: any.
class route_requests::mailbox {
 public:
  using item = std::pair<std::uint64_t, std::optional<http_reply>>; ///< nothing: no answer comes

  explicit mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void put(item what) {
    const std::lock_guard lock{mutex_};
    if (!wake_)
      return;
    items_.push_back(std::move(what));
    due_ = true;
    wake_();
  }
  [[nodiscard]] std::vector<item> take() {
    if (!due_.exchange(false))
      return {};
    const std::lock_guard lock{mutex_};
    return std::exchange(items_, {});
  }
  void close() {
    const std::lock_guard lock{mutex_};
    wake_ = nullptr;
    items_.clear();
  }

 private:
  std::atomic<bool> due_{false};
  std::mutex mutex_;
  std::function<void()> wake_; // empty: nobody is there any more
  std::vector<item> items_;
};

class route_requests::promised final : public http_promise::sink {
 public:
  promised(std::shared_ptr<mailbox> to, std::uint64_t number) : to_(std::move(to)), number_(number) {}
  ~promised() override {
    if (taken && !settled_.exchange(true))
      to_->put({number_, std::nullopt});
  }
  void settle(http_reply answer) override {
    if (!settled_.exchange(true))
      to_->put({number_, std::move(answer)});
  }
  bool taken = false; ///< set by the handler's thread, before anybody else has it

 private:
  const std::shared_ptr<mailbox> to_;
  const std::uint64_t number_;
  std::atomic<bool> settled_{false};
};

// -- constructors -------------------------------------------------------------

route_requests::route_requests(endpoint_state& state, shard_state& here, std::function<void()> wake)
    : state_(state), here_(here), mailbox_(std::make_shared<mailbox>(std::move(wake))), entry_(here.running, "routes") {}

route_requests::~route_requests() { mailbox_->close(); }

// -- asking -------------------------------------------------------------------

void route_requests::open(const request_context& at, const route_table::place& where, exchange_ptr exchange) {
  const auto& listen = at.home().settings().listen;
  exchange = readable_by_pages(std::move(exchange), listen);
  const auto& request = exchange->request();
  if (request.method == "OPTIONS")
    return exchange->respond(request.header("access-control-request-method") ? preflight(where.allowed())
                                                                             : transports::http_response{204, {{"Allow", where.allowed()}}, {}});
  const auto* handler = where.handler_of(request.method);
  if (!handler)
    return exchange->respond(wrong_method(where.allowed()));
  if (!only_reads_by(request.method) && is_cross_site(listen, request))
    return exchange->respond(cross_site_refusal());
  if (state_.draining)
    return exchange->respond(being_stopped(at));
  const auto address = address_of(request.peer);
  if (!has_room(at, address, exchange))
    return;
  const auto number = ++last_;
  auto sink = std::make_shared<promised>(mailbox_, number);
  const http_call what{request.method,
                       {transport_kind::poll, request.path, {}, request.peer, request.query, request.headers, {}, {}},
                       where.parameters_of(request.path), request.body, [sink] {
                         sink->taken = true;
                         return http_promise{sink};
                       }};
  try {
    auto said = call(*handler, where, what);
    if (const auto* why = said.why_not())
      return refuse(at, exchange, *why);
    if (const auto* now = said.reply())
      return respond(exchange, *now);
    if (!sink->taken)
      return failed(exchange, "it promised an answer that nobody owes");
  } catch (...) {
    return failed(exchange, text_of(std::current_exception()));
  }
  auto& waits = pending_[number];
  waits = {exchange, address, std::make_unique<timer>([this, number] { too_late(number); })};
  ++by_address_[address];
  at.home().schedule(*waits.deadline, at.home().settings().channels.call_timeout);
  exchange->on_abandoned([this, number] {
    if (const auto found = pending_.find(number); found != pending_.end())
      found->second.to = nullptr;
  });
}

http_result route_requests::call(const http_handler& handler, const route_table::place& where, const http_call& what) {
  const running_handlers::mark at_work{entry_, where.pattern};
  return handler(what);
}

bool route_requests::has_room(const request_context& at, std::uint64_t address, const exchange_ptr& exchange) {
  const auto& limits = at.home().settings().limits;
  const auto part = [&](std::size_t of_node) { return std::max<std::size_t>(of_node / here_.shards, 1); };
  const auto found = by_address_.find(address);
  if (found != by_address_.end() && found->second >= part(limits.route_requests_per_address)) {
    state_.bus.announce(events::limit_passed{"limits.route_requests_per_address", exchange->request().peer});
    refuse(at, exchange, {error_code::limit, "too many requests of this address wait for an answer"});
    return false;
  }
  if (pending_.size() >= part(limits.route_requests)) {
    state_.bus.announce(events::limit_passed{"limits.route_requests", exchange->request().peer});
    refuse(at, exchange, {error_code::busy, "too many requests wait for an answer: try again"});
    return false;
  }
  return true;
}

// -- answering ----------------------------------------------------------------

void route_requests::respond(const exchange_ptr& to, http_reply what) {
  if (const auto wrong = wrong_with(what))
    return failed(to, "its reply cannot be sent: " + *wrong);
  const bool has_body = what.status != 204 && what.status != 304;
  to->respond({what.status, std::move(what.headers), has_body ? std::move(what.body) : std::string{}});
}

void route_requests::refuse(const request_context& at, const exchange_ptr& to, const failure& why) const {
  at.home().counters().errors.count(why.code);
  to->respond(http_refusal(why));
}

void route_requests::failed(const exchange_ptr& to, const std::string& why) const {
  state_.bus.announce(events::handler_failed{"http", to->request().path, why});
  to->respond(error_response(500, "internal", "the node failed to answer this"));
}

/// A shard that was started anew has a wheel of its own, where no deadline of ours is.
void route_requests::serve(shard& home) {
  if (!pending_.empty() && !on_wheel_.armed()) {
    home.schedule(on_wheel_, looked_at_again);
    for (auto& [number, waits] : pending_)
      if (waits.to && !waits.deadline->armed())
        home.schedule(*waits.deadline, home.settings().channels.call_timeout);
  }
  for (auto& [number, what] : mailbox_->take()) {
    auto found = pending_.extract(number);
    if (!found)
      continue;
    if (const auto who = by_address_.find(found.mapped().address); --who->second == 0)
      by_address_.erase(who);
    const auto to = std::move(found.mapped().to);
    if (to && what)
      respond(to, *std::move(what));
    else if (to)
      failed(to, "it gave no answer");
  }
}

void route_requests::too_late(std::uint64_t number) {
  const auto found = pending_.find(number);
  if (found == pending_.end() || !found->second.to)
    return;
  const auto to = std::exchange(found->second.to, nullptr);
  here_.counters.errors.count(error_code::timeout);
  to->respond(http_refusal({error_code::timeout, "no answer within the deadline"}));
}

} // namespace troupe::actors
