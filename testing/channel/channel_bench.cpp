#include "testing/channel/channel_bench.hpp"

#include "testing/channel/heard_of.hpp"
#include "testing/read_configuration.hpp"

#include <algorithm>
#include <utility>

namespace troupe::testing {

namespace {

constexpr session_id api_id{0, 255, 1}; // as no client is called

} // namespace

// -- constructors -------------------------------------------------------------

channel_bench::channel_bench(std::string name, channel_tester::channel_factory make, const node_settings& said,
                             const channel_options& options)
    : channel_([&] {
        auto [settings, rules] = read_channel_configuration(name, said, options);
        const auto made = [this, make = std::move(make)](const std::string& called) {
          auto one = make(called);
          object_ = one.get();
          return one;
        };
        return actors::testing::stepped_channel::setting{std::move(name), made, std::move(settings), std::move(rules)};
      }()) {
  on_disk_ = channel_.rights.history_store == config::history_place::disk;
  channel_.keep->prompt = !on_disk_;
  channel_.keep->on_kept = [this](const publication& what) { kept_.push_back(what); };
  start();
}

channel_bench::~channel_bench() { channel_.end(); }

// -- starting and ending ------------------------------------------------------

void channel_bench::start() {
  if (channel_.runtime)
    return;
  channel_.start();
  if (const auto epoch = channel_.runtime->describe().epoch; epoch != epoch_) {
    epoch_ = epoch;
    said_up_to_ = 0;
  }
  idle_since_.reset();
  run();
}

void channel_bench::stop(const std::string& reason) {
  if (!channel_.runtime)
    return;
  channel_.runtime->stop(leave_reason::drained, reason);
  run();
}

void channel_bench::stop_whole(const std::string& reason) {
  stop(reason);
  if (channel_.runtime)
    throw unmet(channel_.parts->name + " waits for its store, which holds its answers back: it has not stopped");
}

void channel_bench::end_if_over() {
  if (!channel_.runtime || !channel_.runtime->over())
    return;
  object_ = nullptr;
  channel_.end();
}

void channel_bench::crash(const std::string& reason) {
  start();
  channel_.runtime->fail_object(reason);
  run();
}

/// As shards do it: all under way is answered, members and those at the door ask the new actor.
void channel_bench::kill_actor() {
  start();
  if (!channel_.runtime->over())
    channel_.runtime->abandon();
  channel_.end();
  std::vector<listener*> back;
  for (auto& [id, one] : clients_)
    if (one.now() != listener::phase::out)
      back.push_back(&one);
  end_all_but(back);
  start();
  for (auto* one : back) {
    const bool was_in = one->now() == listener::phase::in;
    channel_.send({{one->id(), false, was_in ? protocol::request_id{} : one->join_id, one->join_again(), one->who().user,
                    one->who().data}});
    run();
  }
}

/// Answers what is under way, but for those at the door: they ask again.
void channel_bench::end_all_but(const std::vector<listener*>& joining) {
  const auto all = open_;
  for (const auto& [number, one] : all) {
    const protocol::request_id id{number};
    if (std::any_of(joining.begin(), joining.end(), [&](auto* l) { return l->join_id == id; }))
      continue;
    failure why{error_code::unavailable, channel_.parts->name + " was started anew: try again"};
    if (const auto found = clients_.find(one.by); found != clients_.end())
      found->second.answered({id, std::move(why), channel_.parts->name});
    else
      settle(id, std::move(why));
  }
}

// -- clients ------------------------------------------------------------------

session_id channel_bench::add_client(client_details who) {
  const session_id id{++last_client_};
  clients_.emplace(std::piecewise_construct, std::forward_as_tuple(id),
                   std::forward_as_tuple(static_cast<listener_host&>(*this), id, std::move(who)));
  return id;
}

listener& channel_bench::client(session_id id) { return clients_.at(id); }

answer channel_bench::join(session_id who, payload params, std::optional<position> since) {
  auto& one = client(who);
  if (channel_.rights.subscribe != config::permission::anyone && !one.who().invited) {
    one.joined = std::make_shared<answer_state>(answer_state{
        "join of " + to_string(who), failure{error_code::refused, channel_.parts->name + " takes no subscriptions"}});
    return answer{one.joined};
  }
  if (one.now() == listener::phase::out)
    one.join_id = last_request_ + 1;
  return send(who, "join", one.join_with(std::move(params), std::move(since)));
}

answer channel_bench::command(session_id who, const std::string& called, body what) {
  if (client(who).away_since())
    throw unmet(to_string(who) + " has no connection, and cannot " + called);
  return send(who, called, std::move(what));
}

answer channel_bench::api(const std::string& called, body what) { return send(api_id, called, std::move(what), true); }

answer channel_bench::send(session_id who, const std::string& called, body what, bool trusted) {
  start();
  const auto state = std::make_shared<answer_state>(answer_state{called + " of " + (trusted ? "the API" : to_string(who))});
  const auto number = ++last_request_;
  note_events();
  open_.emplace(number, asked{who, state, failures_.size()});
  actors::channel_command one{who, trusted, number, std::move(what)};
  if (!trusted) {
    auto& sender = client(who);
    one.user = sender.who().user;
    one.data = sender.who().data;
    if (std::holds_alternative<actors::join>(one.body))
      sender.joined = state;
  }
  pass_on(std::move(one));
  run();
  return answer{state};
}

void channel_bench::send_unasked(session_id who, body what) {
  start();
  const auto& details = client(who).who();
  pass_on({who, false, {}, std::move(what), details.user, details.data});
}

void channel_bench::pass_on(actors::channel_command what) {
  if (collecting_)
    collected_.push_back(std::move(what));
  else
    channel_.send({std::move(what)});
}

void channel_bench::at_once(const std::function<void()>& what) {
  if (collecting_)
    throw unmet("at_once within itself");
  start();
  struct collecting {
    explicit collecting(bool& f) : flag(f) { flag = true; }
    ~collecting() { flag = false; }
    collecting(const collecting&) = delete;
    collecting& operator=(const collecting&) = delete;
    bool& flag;
  };
  collected_.clear();
  {
    const collecting mark{collecting_};
    what();
  }
  start();
  channel_.send(std::exchange(collected_, {}));
  run();
}

void channel_bench::kick(session_id who) {
  send_unasked(who, actors::leave{leave_reason::kicked});
  run();
}

void channel_bench::drop(session_id who) {
  auto& one = client(who);
  if (one.away_since())
    throw unmet(to_string(who) + " has lost its connection already");
  one.drop(channel_.steady);
  if (one.now() == listener::phase::out)
    return;
  send_unasked(who, actors::whereabouts{false});
  run();
  lose_who_stayed_away(); // there may be no window at all
}

void channel_bench::come_back(session_id who) {
  auto& one = client(who);
  if (!one.away_since())
    throw unmet(to_string(who) + " has not lost its connection, or for too long");
  one.come_back();
  if (one.now() == listener::phase::out)
    return;
  send_unasked(who, actors::whereabouts{true});
  run();
}

void channel_bench::lose(session_id who) {
  auto& one = client(who);
  if (one.now() != listener::phase::out)
    send_unasked(who, actors::leave{leave_reason::lost});
  one.forget();
  run();
}

// -- listener_host ------------------------------------------------------------

void channel_bench::settle(const protocol::request_id& id, std::variant<std::monostate, payload, failure> result) {
  const auto* number = std::get_if<std::int64_t>(&id);
  const auto found = number ? open_.find(*number) : open_.end();
  if (found == open_.end())
    return;
  note_events();
  auto& state = *found->second.state;
  state.result = std::move(result);
  if (const auto* why = std::get_if<failure>(&state.result);
      why && why->code == error_code::internal && failures_.size() > found->second.failures_before)
    state.cause = failures_.back();
  open_.erase(found);
}

void channel_bench::read_on(session_id who, offset_t since) { send_unasked(who, actors::read_on{since}); }

} // namespace troupe::testing
