#include "clients/cpp/core/command_queue.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace troupe::clients {

namespace {

/// Sending it twice does no harm.
bool is_repeatable(const command& what) {
  constexpr std::array<std::string_view, 5> all{"history", "presence", "ping", "unsubscribe", "authenticate"};
  return std::find(all.begin(), all.end(), what.action) != all.end();
}

/// To be sent again in the same session: a key makes the node answer once.
bool is_safe(const command& what) { return is_repeatable(what) || what.more.contains("key"); }

client_error overdue(milliseconds time, bool sent) {
  return {"timeout", "no answer within " + std::to_string(time.count()) + " ms", sent};
}

} // namespace

// -- entering -----------------------------------------------------------------

command_queue::entry& command_queue::enter(command what, submission how, result_handler then) {
  const auto id = *what.id;
  const auto timeout = how.timeout;
  auto& e = entries_.emplace(id, entry{std::move(what), std::move(how), std::move(then)}).first->second;
  if (timeout.count() > 0)
    e.timeout = clock_.after(timeout, [this, id, timeout] {
      settle(id, tl::unexpected(overdue(timeout, entries_.at(id).sent)));
      flush();
    });
  return e;
}

void command_queue::expect(command_id id, result_handler then) {
  command what{"resume"};
  what.id = id;
  enter(std::move(what), {[] { return passage::shut; }, {}, true}, std::move(then)).sent = true;
}

void command_queue::submit(command what, submission how, result_handler then) {
  if (!how.handshake && count(false) >= queue_max_ && !may_go(how))
    return then(tl::unexpected(queue_max_ > 0 ? client_error{"queue_full", "too much waits"} : disconnected()));
  what.id = new_id();
  enter(std::move(what), std::move(how), std::move(then));
  flush();
}

void command_queue::flush() {
  auto in_flight = count(true);
  for (auto& [id, e] : entries_) {
    if (e.sent || !(e.how.handshake || in_flight < in_flight_max_) || e.how.gate() != passage::open)
      continue;
    e.sent = send_(e.what);
    in_flight += e.sent && !e.how.handshake;
  }
}

bool command_queue::may_go(const submission& how) const {
  return count(true) < in_flight_max_ && how.gate() == passage::open;
}

std::size_t command_queue::count(bool sent) const {
  return static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), [&](const auto& each) {
    return !each.second.how.handshake && each.second.sent == sent;
  }));
}

// -- settling -----------------------------------------------------------------

void command_queue::settle(command_id id, result how) {
  const auto found = entries_.find(id);
  if (found == entries_.end())
    return;
  const auto then = std::move(found->second.then);
  entries_.erase(found);
  then(std::move(how));
}

bool command_queue::settle(const node_message& answer) {
  if (!answer.id || entries_.count(*answer.id) == 0)
    return false;
  if (answer.type == "error")
    settle(*answer.id, tl::unexpected(answer.as_error()));
  else
    settle(*answer.id, answer);
  flush();
  return true;
}

/// Settling one may settle others, or enter new ones.
std::vector<command_id> command_queue::ids() const {
  std::vector<command_id> all;
  for (const auto& [id, e] : entries_)
    all.push_back(id);
  return all;
}

void command_queue::lost() {
  for (const auto id : ids())
    if (const auto found = entries_.find(id); found != entries_.end()) {
      const auto& e = found->second;
      if (e.how.handshake || (e.sent && !is_safe(e.what)))
        settle(id, tl::unexpected(disconnected(e.sent)));
    }
}

void command_queue::renewed(bool same) {
  for (const auto id : ids())
    if (const auto found = entries_.find(id); found != entries_.end()) {
      auto& e = found->second;
      if (!e.sent || e.how.handshake)
        continue;
      if ((same || is_repeatable(e.what)) && e.how.gate() != passage::gone)
        e.sent = false;
      else
        settle(id, tl::unexpected(disconnected(true)));
    }
  flush();
}

void command_queue::drop(const client_error& why, const std::string* channel) {
  for (const auto id : ids())
    if (const auto found = entries_.find(id); found != entries_.end()) {
      const auto& e = found->second;
      if (!channel || (!e.sent && e.what.channel == *channel))
        settle(id, tl::unexpected(client_error{why.code(), why.what(), e.sent}));
    }
}

} // namespace troupe::clients
