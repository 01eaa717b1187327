#include "shard_fixture.hpp"

#include "protocol/error_code.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace troupe::actors::testing {

// -- notebook -----------------------------------------------------------------

std::string recorded_client::read() {
  if (session_)
    deliver();
  return std::exchange(text_, {});
}

void recorded_client::deliver() {
  for (auto turns = session_->in_turn(); turns > 0; --turns)
    session_->had_turn(session_->first_in_turn()->write(*this));
  session_->end_turns();
}

void recorded_client::shared(const transports::slice& bytes) {
  std::string list{bytes.bytes};
  list.pop_back();
  for (const auto& p : nlohmann::json::parse("[" + list + "]"))
    note(p.contains("offset") ? "+" + std::to_string(p["offset"].get<int>()) : "~");
  --entries_max;
}

void recorded_client::publication(std::string_view, std::string_view, const troupe::publication& p) {
  note("+" + std::to_string(p.offset));
  --entries_max;
}

void recorded_client::message(const protocol::server_message& m) {
  std::visit(
      [this]<class T>(const T& what) {
        if constexpr (std::same_as<T, protocol::subscribed>)
          note("subscribed " + std::to_string(what.at.offset));
        else if constexpr (std::same_as<T, protocol::push>)
          note("push " + what.event);
        else if constexpr (std::same_as<T, protocol::gap>)
          note("gap " + std::to_string(what.at.offset) + (what.missed ? " -" + std::to_string(*what.missed) : ""));
        else if constexpr (std::same_as<T, protocol::unsubscribed>)
          note("unsubscribed " + what.reason + (protocol::has_id(what.id) ? "!" : ""));
        else if constexpr (std::same_as<T, protocol::error>)
          note("error " + std::string{protocol::to_string(what.why.code)} +
               (protocol::has_id(what.id) ? " " + std::to_string(std::get<std::int64_t>(what.id)) : ""));
        else if constexpr (std::same_as<T, protocol::reply>)
          note("reply");
      },
      m);
}

namespace {

/// What a session owns of a client that outlives it.
class lent final : public delivery {
 public:
  explicit lent(recorded_client& to) : to_(to) {}

  void deliver() override { to_.deliver(); }
  void say(const protocol::server_message& m) override { to_.say(m); }
  void end(protocol::close_code code, std::string_view reason) override { to_.end(code, reason); }
  void serve(session& owner) override { to_.serve(owner); }
  [[nodiscard]] transport_kind transport() const override { return to_.transport(); }
  [[nodiscard]] std::size_t queued() const override { return to_.queued(); }
  [[nodiscard]] bool attached() const override { return to_.attached(); }
  [[nodiscard]] bool blocked() const override { return to_.blocked(); }

 private:
  recorded_client& to_;
};

} // namespace

// -- desk ---------------------------------------------------------------------

shard_fixture::shard_fixture(config::settings how) : settings_(std::move(how)) {
  if (settings_.namespaces.empty())
    settings_.namespaces.push_back({});
  settings_.namespaces.back().pattern = "room:*";
  settings_.namespaces.back().publish = config::permission::anyone;
  shard_ = std::make_unique<shard>(seat_, settings_, recorder_,
                                   node_clock{[this] { return now_ += each_look; }, [] { return std::int64_t{0}; }}, *this);
}

shard_fixture::~shard_fixture() {
  for (const auto& [id, client] : clients_)
    if (auto* s = shard_->find_session(session_id{id}))
      s->close(leave_reason::lost, protocol::close_code::normal, "");
}

std::uint64_t shard_fixture::open() {
  auto& made = shard_->open_session(transport_kind::websocket, "");
  auto& client = clients_[made.id().value()] = std::make_unique<recorded_client>(made);
  made.deliver_by(std::make_unique<lent>(*client));
  return made.id().value();
}

void shard_fixture::subscribe(std::uint64_t who, std::optional<position> since) {
  say(who, protocol::subscribe{"room:1", {}, std::move(since), false}, std::int64_t{1});
}

void shard_fixture::say(std::uint64_t who, protocol::command_body what, protocol::request_id id) {
  shard_->find_session(session_id{who})->handle({std::move(id), std::move(what)});
  flush();
}

void shard_fixture::found() {
  shard_->found({"room:1", {}, settings_.namespaces.back().overflow});
  flush();
}

void shard_fixture::send(const channel_handle&, command_batch_ptr batch) {
  if (std::exchange(link_, batch->from) != batch->from) {
    REQUIRE(batch->first == 1);
    told_ = taken_ = 0;
    under_way_.clear();
  }
  probes_ += batch->probe ? 1 : 0;
  acknowledged_ += batch->effects_taken - std::exchange(taken_, batch->effects_taken);
  auto number = batch->first;
  for (auto& c : batch->commands) {
    under_way_.emplace_back(number++, c.from);
    commands_.push_back(std::move(c));
  }
}

std::string shard_fixture::commands() {
  std::string line;
  for (const auto& c : std::exchange(commands_, {})) {
    line += (line.empty() ? "" : "; ") + to_string(c.from) + " ";
    if (const auto* j = std::get_if<join>(&c.body))
      line += "join" + (j->since ? " since " + std::to_string(j->since->offset) : "") + (j->again ? " again" : "");
    else if (const auto* l = std::get_if<leave>(&c.body))
      line += "leave " + std::string{to_string(l->why)};
    else if (const auto* r = std::get_if<read_on>(&c.body))
      line += "read " + std::to_string(r->since);
    else
      line += "other";
  }
  return line;
}

void shard_fixture::take(std::vector<effect> effects, std::vector<session_id> completed) {
  std::vector<command_number> numbers;
  for (const auto who : completed) {
    const auto oldest = std::find_if(under_way_.begin(), under_way_.end(), [who](const auto& c) { return c.second == who; });
    if (oldest == under_way_.end())
      continue;
    numbers.push_back(oldest->first);
    under_way_.erase(oldest);
  }
  take_numbered(std::move(effects), std::move(numbers));
}

void shard_fixture::take_numbered(std::vector<effect> effects, std::vector<command_number> completed) {
  effect_batch batch;
  batch.to = link_;
  batch.number = ++told_;
  batch.effects = std::move(effects);
  batch.completed = std::move(completed);
  last_batch_ = std::make_unique<effect_batch>(batch);
  shard_->take(batch);
  flush();
}

void shard_fixture::lost() {
  shard_->lost("room:1", false);
  flush();
}

void shard_fixture::pass(std::chrono::milliseconds time) {
  for (; time > std::chrono::milliseconds::zero(); time -= std::chrono::milliseconds{100}) {
    now_ += std::chrono::milliseconds{100};
    shard_->tick();
    flush();
  }
}

void shard_fixture::admit(std::uint64_t who, offset_t at, page replay, std::optional<bool> recovered, bool again,
                  std::optional<offset_t> head) {
  const auto end = head.value_or(replay.items.empty() ? at : replay.items.back()->offset);
  take({joined{session_id{who}, {std::int64_t{1}, "room:1", {epoch, at}, recovered, {}}, std::move(replay), again, end}},
       {session_id{who}});
}

publication_ptr shard_fixture::publication(offset_t offset, std::vector<session_id> except, std::string event) {
  troupe::publication p;
  p.offset = offset;
  p.except = std::move(except);
  p.event = std::move(event);
  return std::make_shared<const troupe::publication>(std::move(p));
}

void shard_fixture::flush() { shard_->flush(); }

} // namespace troupe::actors::testing
