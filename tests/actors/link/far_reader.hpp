#pragma once

#include "actors/link/shard_end.hpp"
#include "actors/messages/link_batches.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <utility>

namespace troupe::actors::testing {

/// A shard that only knows its end of the link, and who of its sessions is where.
class far_reader {
 public:
  enum class state { out, joining, in, held };
  struct session {
    state now = state::out;
    offset_t at = 0;          // everything up to here was read
    offset_t begun = 0;
    bool pages = false;       // a replay is not at its end: the log waits
    bool leaving = false;
  };
  struct outcome {
    int answers = 0, done = 0;
    bool wants_answer = true;
  };

  far_reader(std::uint32_t number, const config::limit_settings& limits) : number_(number), end_({7, 1, number, 1}, limits) {}

  // -- commands ---------------------------------------------------------------

  void send(std::uint64_t who, decltype(channel_command::body) body, bool must = false) {
    const auto token = ++last_token_;
    const bool silent = std::holds_alternative<read_on>(body);
    channel_command c;
    c.from = session_id{who};
    c.id = token;
    c.body = std::move(body);
    if (!end_.send(std::move(c), must))
      return;
    outcomes_[token].wants_answer = !silent;
  }
  void join(std::uint64_t who) {
    auto& s = sessions[who];
    if (s.now != state::out || s.leaving)
      return;
    s.now = state::joining;
    repeat_join(who, s);
  }
  void leave(std::uint64_t who) {
    auto& s = sessions[who];
    if (s.now == state::out || std::exchange(s.leaving, true))
      return;
    send(who, actors::leave{leave_reason::left}, true);
  }
  void publish(std::uint64_t who) {
    protocol::publish p;
    p.event.assign(1, 'e'); // GCC 12 warns of assigned texts here (its bug 105651)
    p.data = payload::json_text("1");
    send(who, std::move(p));
  }

  command_batch_ptr flush() { return end_.take_batch(); }
  void probe() { end_.probe(); }
  [[nodiscard]] const shard_end& end() const { return end_; }

  // -- effects ----------------------------------------------------------------

  void take(effect_batch& batch) {
    switch (end_.arrive(batch)) {
    case shard_end::arrival::known:
      return;
    case shard_end::arrival::hole:
      return begin_anew();
    case shard_end::arrival::fresh:
      break;
    }
    for (auto& e : batch.effects)
      visit_effect([this](auto& what) { take(what); }, e);
    for (const auto& c : end_.complete(batch.completed))
      ++outcomes_[token_of(c)].done;
  }

  void check() const {
    for (const auto& [token, o] : outcomes_) {
      INFO("shard " << number_ << " command " << token);
      REQUIRE(o.done == 1);
      REQUIRE(o.answers == (o.wants_answer ? 1 : 0));
    }
    REQUIRE(end_.under_way() == 0);
    REQUIRE(end_.bytes_under_way() == 0);
  }

  std::map<std::uint64_t, session> sessions;
  std::size_t named_anew = 0;

 private:
  static std::int64_t token_of(const command_under_way& c) { return std::get<std::int64_t>(c.id); }

  void repeat_join(std::uint64_t who, const session& s) {
    actors::join how;
    how.who.id = session_id{who};
    if (s.at > 0)
      how.since = position{epoch, s.at};
    how.again = s.now == state::held;
    send(who, std::move(how), true);
  }

  void begin_anew() {
    ++named_anew;
    for (const auto& c : end_.renew({7, 1, number_, end_.id().slot + 1}, true)) {
      auto& o = outcomes_[token_of(c)];
      o.answers += o.wants_answer && !c.answered ? 1 : 0; // `unavailable`
      ++o.done;
    }
    for (auto& [who, s] : sessions) {
      if (std::exchange(s.leaving, false))
        s.now = state::out; // told so
      else if (s.now == state::in)
        s.now = state::held;
      if (s.now == state::held || s.now == state::joining)
        repeat_join(who, s);
    }
  }

  /// In order, each once, none left out.
  void read(session& s, std::uint64_t who, const publication& p) {
    INFO("shard " << number_ << " s" << who << " at " << s.at);
    REQUIRE(p.offset == s.at + 1);
    s.at = p.offset;
  }

  void take(published& e) {
    for (auto& [who, s] : sessions)
      if (s.now == state::in && !s.pages)
        read(s, who, *e.what);
  }
  void take(skipped& e) { // where the stream is; nobody may be behind it
    for (auto& [who, s] : sessions)
      if (s.now == state::in && !s.pages)
        REQUIRE(s.at >= e.at.offset);
  }
  void take(said& e) {
    if (e.answers == 0)
      return;
    REQUIRE(end_.answer(e.answers));
    const auto& m = e.what;
    const auto* yes = std::get_if<protocol::reply>(&m);
    const auto* no = std::get_if<protocol::error>(&m);
    const auto* bye = std::get_if<protocol::unsubscribed>(&m);
    const auto& id = yes ? yes->id : no ? no->id : bye->id;
    ++outcomes_[std::get<std::int64_t>(id)].answers;
    if (bye) // was out before it asked
      sessions[e.to.value()].leaving = false;
    if (no && no->why.code == error_code::already_subscribed)
      FAIL("a join came twice");
  }
  void take(joined& e) {
    auto& s = sessions[e.who.value()];
    ++outcomes_[std::get<std::int64_t>(e.what.id)].answers;
    REQUIRE((s.now == state::joining || s.now == state::held));
    if (s.at > 0) { // history reaches back to it
      REQUIRE(e.what.recovered == true);
      REQUIRE(e.what.at.offset == s.at);
    }
    s.now = state::in;
    epoch = e.what.at.epoch;
    s.at = e.what.at.offset;
    page_came(e.who.value(), s, e.replay);
  }
  void take(read_page& e) {
    auto& s = sessions[e.who.value()];
    if (s.now == state::in)
      page_came(e.who.value(), s, e.replay);
  }
  void page_came(std::uint64_t who, session& s, const page& replay) {
    REQUIRE_FALSE(replay.missed);
    for (const auto& p : replay.items)
      read(s, who, *p);
    s.pages = !replay.last;
    if (s.pages)
      send(who, read_on{s.at}, true);
  }
  void take(join_refused& e) {
    ++outcomes_[std::get<std::int64_t>(e.what.id)].answers;
    sessions[e.who.value()].now = state::out;
  }
  void take(left& e) {
    auto& s = sessions[e.who.value()];
    if (const auto* token = std::get_if<std::int64_t>(&e.what.id))
      ++outcomes_[*token].answers;
    s = {};
  }
  void take(presence_changed&) {}
  void take(epoch_changed&) { FAIL("the store lost nothing"); }

  const std::uint32_t number_;
  shard_end end_;
  std::string epoch;
  std::int64_t last_token_ = 0;
  std::map<std::int64_t, outcome> outcomes_;
};

} // namespace troupe::actors::testing
