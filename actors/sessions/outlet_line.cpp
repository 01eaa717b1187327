#include "actors/sessions/outlet_line.hpp"

#include "actors/sessions/channel_entry.hpp"
#include "actors/sessions/shard.hpp"
#include "protocol/names.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

constexpr std::size_t items_per_turn = 512; // of one outlet, before sessions have theirs
constexpr auto between_refusals = std::chrono::seconds{1}; // told in the log

using command_body = decltype(channel_command::body);

std::size_t data_size(const outlet_queue::item& what) {
  return std::visit(
      [](const auto& w) -> std::size_t {
        if constexpr (requires { w.data; })
          return w.data.size();
        else
          return 0;
      },
      what.what);
}

/// Half of a link is for clients, however much is said from outside.
bool has_place(const channel_entry& to, std::size_t bytes, const config::limit_settings& most) {
  if (!to.link.has_room(bytes))
    return false;
  return to.of_nobody == 0 || (to.of_nobody < most.channel_commands / 2 &&
                               to.link.bytes_under_way() + bytes <= most.channel_command_bytes / 2);
}

/// What a channel hears of it. (A session's end is none of its business.)
command_body body_of(outlet_queue::item& what) {
  if (auto* p = std::get_if<protocol::publish>(&what.what))
    return std::move(*p);
  if (auto* c = std::get_if<protocol::call>(&what.what))
    return std::move(*c);
  auto& p = std::get<outlet_queue::pushed>(what.what);
  return push_to{p.to, std::move(p.event), std::move(p.data)};
}

} // namespace

// -- giving -------------------------------------------------------------------

bool outlet_line::serve(shard& to) {
  if (home_ != &to) {
    home_ = &to;
    id_ = to.next_request();
    to.add_source(id_, *this);
    for (auto& [channel, held] : waiting_)
      if (!std::exchange(held.has_room, true))
        with_room_.push_back(channel);
  }
  last_ = nullptr; // it may be gone since
  serve_held_back(to);
  std::size_t given = 0;
  for (; given < items_per_turn && has_more(); ++given)
    give(to, std::move(incoming_[next_++]));
  release();
  return given == items_per_turn;
}

bool desk_line::has_more() {
  if (next_ < incoming_.size())
    return true;
  incoming_.clear();
  next_ = 0;
  from_->take(incoming_);
  return !incoming_.empty();
}

/// What waits for channels that have become ready, in its order.
void outlet_line::serve_held_back(shard& to) {
  for (const auto& channel : std::exchange(with_room_, {})) {
    const auto at = waiting_.find(channel);
    if (at == waiting_.end())
      continue;
    at->second.has_room = false;
    auto& items = at->second.items;
    while (!items.empty() && give_to_channel(to, items.front()))
      items.pop_front();
    if (items.empty())
      waiting_.erase(at);
  }
}

void outlet_line::give(shard& to, item what) {
  if (std::holds_alternative<outlet_queue::ended>(what.what))
    return end_session(to, what);
  const auto& channel = channel_of(what);
  if (const auto held = waiting_.find(channel); held != waiting_.end())
    return held->second.items.push_back(std::move(what));
  if (!give_to_channel(to, what))
    waiting_[std::string{channel}].items.push_back(std::move(what));
}

/// False: its link is full, and `what` as it was.
bool outlet_line::give_to_channel(shard& to, item& what) {
  const auto& channel = channel_of(what);
  auto* entry = last_ && last_->name() == channel ? last_ : nullptr;
  if (auto wrong = entry ? std::nullopt : protocol::channel_name_error(channel))
    return fail(what, {error_code::bad_channel, *std::move(wrong)}), true;
  if (!entry && !to.find_rights(channel))
    return fail(what, {error_code::bad_channel, "no namespace has " + channel}), true;
  entry = entry ? entry : to.slot(channel);
  if (!entry)
    return fail(what, {error_code::limit, "too many channels"}), true;
  last_ = entry;
  if (!has_place(*entry, data_size(what), to.settings().limits)) {
    if (!entry->link.idle())
      return to.wait_for_room(*entry, id_), false;
    return fail(what, {error_code::too_large, "larger than what may wait for " + channel}), true;
  }
  taken(what);
  ++not_done_;
  channel_command command{id_, true, number_of(std::move(what.then)), body_of(what)};
  return to.send(*entry, std::move(command), false); // which has room
}

protocol::request_id outlet_line::number_of(outlet::callback then) {
  if (!then)
    return {};
  under_way_.emplace(++last_number_, std::move(then));
  return last_number_;
}

/// Its shard may be another one.
void outlet_line::end_session(shard& to, item& what) {
  taken(what);
  const auto& [who, reason] = std::get<outlet_queue::ended>(what.what);
  const auto number = number_of(std::move(what.then));
  const protocol::error none{number, {error_code::not_found, "no session " + to_string(who)}, {}};
  if (who.shard() == to.index())
    return answered(number, to.disconnect(who, reason) ? protocol::server_message{protocol::reply{number, {}}} : none);
  ++not_done_;
  to.end_elsewhere(who, reason, [&to, source = id_, number, none](bool found) {
    auto* self = to.find_source(source);
    if (!self)
      return;
    self->answered(number, found ? protocol::server_message{protocol::reply{number, {}}} : none);
    self->completed({}, number);
  });
}

void outlet_line::release() {
  if (taken_items_ > 0)
    from_->release(std::exchange(taken_items_, 0), std::exchange(taken_bytes_, 0));
}

// -- hearing ------------------------------------------------------------------

void outlet_line::answered(const protocol::request_id& id, const protocol::server_message& what) {
  const auto* no = std::get_if<protocol::error>(&what);
  const auto* number = std::get_if<std::int64_t>(&id);
  const auto found = number ? under_way_.find(*number) : under_way_.end();
  if (found == under_way_.end()) {
    if (no && !number)
      refused(no->channel, no->why);
    return;
  }
  const auto then = std::move(found->second);
  under_way_.erase(found);
  if (no)
    tell(then, no->why);
  else if (const auto* yes = std::get_if<protocol::reply>(&what))
    tell(then, yes->data);
}

void outlet_line::completed(const std::string& channel, const protocol::request_id& id) {
  if (--not_done_ == 0 && from_.use_count() == 1)
    home_->outlets_are_due(); // it is over, unless something waits
  if (const auto* number = std::get_if<std::int64_t>(&id); number && under_way_.contains(*number))
    answered(id, protocol::error{id, {error_code::busy, "the answer was lost: try again"}, channel});
}

void outlet_line::has_room(const std::string& channel) {
  const auto held = waiting_.find(channel);
  if (held == waiting_.end() || std::exchange(held->second.has_room, true))
    return;
  with_room_.push_back(channel);
  home_->outlets_are_due();
}

/// The application's code, on a thread of the node: what it throws costs the answer.
void outlet_line::tell(const outlet::callback& who, const outlet_answer& what) {
  try {
    who(what);
  } catch (const std::exception& wrong) {
    if (home_)
      home_->announce(events::handler_failed{"outlet", "answer", wrong.what()});
  } catch (...) {
    if (home_)
      home_->announce(events::handler_failed{"outlet", "answer", "threw what is no exception"});
  }
}

void outlet_line::fail(item& what, failure why) {
  taken(what);
  if (what.then)
    return tell(what.then, std::move(why));
  refused(channel_of(what), why);
}

/// Nobody asked what became of it: the log says it, now and then.
void outlet_line::refused(const std::string& channel, const failure& why) {
  ++refusals_;
  if (!home_)
    return;
  const auto now = home_->clock().steady();
  if (refusal_told_ && now - *refusal_told_ < between_refusals)
    return;
  refusal_told_ = now;
  const auto n = std::exchange(refusals_, 0);
  home_->announce(events::note{"what an outlet said " + (channel.empty() ? "" : "to " + channel + " ") + "was refused: " + why.message +
                                   (n > 1 ? " (and " + std::to_string(n - 1) + " more)" : std::string{}),
                               true});
}

// -- ending -------------------------------------------------------------------

void outlet_line::shard_ends() {
  home_ = nullptr;
  not_done_ = 0;
  for (auto& [number, then] : std::exchange(under_way_, {}))
    tell(then, failure{error_code::unavailable, "the node's thread was started anew: try again"});
}

void outlet_line::end() {
  home_ = nullptr;
  const failure why{error_code::unavailable, "the node is stopping"};
  for (auto& [number, then] : std::exchange(under_way_, {}))
    tell(then, why);
  std::vector<item> rest;
  for (auto& [channel, held] : std::exchange(waiting_, {}))
    for (; !held.items.empty(); held.items.pop_front())
      rest.push_back(std::move(held.items.front()));
  for (; next_ < incoming_.size(); ++next_)
    rest.push_back(std::move(incoming_[next_]));
  std::vector<item> last;
  from_->take(last);
  std::move(last.begin(), last.end(), std::back_inserter(rest));
  for (auto& what : rest)
    fail(what, why);
  release();
}

bool outlet_line::is_over() const {
  return from_.use_count() == 1 && waiting_.empty() && under_way_.empty() && not_done_ == 0 &&
         next_ >= incoming_.size() && from_->waiting() == 0;
}

void outlet_line::let_go(shard& home) { home.remove_source(*this); }

} // namespace troupe::actors
