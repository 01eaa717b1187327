#include "tests/ledger/reading.hpp"

#include <type_traits>
#include <utility>

namespace troupe::ledger {

reading::reading(const truth& said, const record& of, promise what, verdict& into)
    : said_(said), record_(of), promise_(what), verdict_(into) {}

void reading::run() {
  for (const auto& e : record_.events)
    std::visit(
        [this](const auto& one) {
          using kind = std::decay_t<decltype(one)>;
          if constexpr (requires { one.channel; } && !std::is_same_v<kind, seen::answered>)
            judge_gap(one.channel, std::is_same_v<kind, seen::left>);
          on(one);
        },
        e);
  finish();
}

/// What had not arrived of a channel that the client is out of is not read again: a gap right before its last word says so.
void reading::judge_gap(const std::string& channel, bool is_last_word) {
  auto& here = channels_[channel];
  const auto gap = std::exchange(here.needless_gap, {});
  if (!gap.empty() && !is_last_word)
    complain(fault_kind::told_within_window, channel, gap);
}

void reading::complain(fault_kind kind, const std::string& channel, std::string what) {
  verdict_.faults.push_back({kind, record_.client, channel, std::move(what)});
}

// -- connections --------------------------------------------------------------

void reading::on(const seen::opened& e) {
  ++verdict_.all.opened;
  if (e.had != seen::chance::none)
    ++verdict_.all.expired;
  if (promise_.resumes && e.had == seen::chance::goes_on)
    complain(fault_kind::not_resumed, {}, "was " + session_ + ", came back over " + e.over + " and is " + e.session + " now: " + e.why);
  in_window_ = e.had == seen::chance::goes_on || e.had == seen::chance::none;
  session_ = e.session;
  for (auto& [name, here] : channels_) {
    here.in = here.pushes_may_jump = here.has_heard = false;
    here.needless_gap.clear(); // its last word may have been on its way
    here.pushes = here.owed = 0;
  }
  for (auto& [id, one] : errands_)
    one.free = true;
}

void reading::on(const seen::resumed& e) {
  ++verdict_.all.resumed;
  in_window_ = true;
  if (e.had == seen::chance::is_over)
    complain(fault_kind::raised_dead, {}, session_ + " was over, and goes on over " + e.over);
  if (e.session != session_)
    complain(fault_kind::not_resumed, {}, "was " + session_ + ", and is " + e.session + " over " + e.over);
  session_ = e.session;
  for (auto& [name, here] : channels_)
    here.has_heard = false;
  if (e.kept)
    return;
  ++verdict_.all.privates_lost;
  if (promise_.resumes)
    complain(fault_kind::told_within_window, {}, "private: lost, over " + e.over);
  for (auto& [name, here] : channels_)
    here.pushes_may_jump = true;
  for (auto& [id, one] : errands_)
    one.free = true;
}

void reading::on(const seen::doubled&) {
  complain(fault_kind::old_line_stands, {}, session_ + " has two connections");
}

// -- publications -------------------------------------------------------------

void reading::on(const seen::subscribed& e) {
  auto& here = channels_[e.channel];
  here.in = true;
  const auto before = std::exchange(here.at, e.at);
  if (e.recovered == false) {
    ++verdict_.all.not_recovered;
    here.told_up_to = e.at.offset;
    if (promise_.resumes && before && in_window_)
      complain(fault_kind::told_within_window, e.channel, "recovered: false at " + to_string(e.at));
  } else if (before && *before != e.at) {
    complain(fault_kind::position_is_wrong, e.channel, "stood at " + to_string(*before) + ", goes on after " + to_string(e.at));
  }
}

void reading::on(const seen::published& e) {
  auto& here = channels_[e.channel];
  if (!here.in || !here.at)
    return complain(fault_kind::never_said, e.channel, std::to_string(e.offset) + " came to who is not in");
  auto& at = *here.at;
  ++verdict_.all.publications;
  const auto* it = said_.find(e.channel, {at.epoch, e.offset});
  if (!it || it->text != e.text || (!it->except.empty() && it->except == session_))
    complain(fault_kind::never_said, e.channel, std::to_string(e.offset) + " " + e.text + " at " + to_string(at));
  if (e.offset <= at.offset)
    return complain(fault_kind::twice, e.channel, std::to_string(e.offset) + " came at " + to_string(at));
  if (const auto missing = said_.count(e.channel, at, e.offset - 1, session_); missing > 0)
    complain(fault_kind::lost_in_silence, e.channel,
             std::to_string(missing) + " between " + to_string(at) + " and " + std::to_string(e.offset));
  at.offset = e.offset;
  here.has_heard = true;
}

void reading::on(const seen::gap& e) {
  auto& here = channels_[e.channel];
  ++verdict_.all.gaps;
  if (!here.in || !here.at)
    return complain(fault_kind::gap_is_wrong, e.channel, "told to who is not in");
  const auto before = std::exchange(*here.at, e.at);
  here.told_up_to = e.at.offset;
  if (promise_.resumes && in_window_ && (promise_.keeps_up || !here.has_heard))
    here.needless_gap = "a gap from " + to_string(before) + " to " + to_string(e.at);
  if (before.epoch != e.at.epoch)
    return;
  if (e.at.offset < before.offset)
    return complain(fault_kind::gap_is_wrong, e.channel, "from " + to_string(before) + " back to " + to_string(e.at));
  if (e.missed && *e.missed != e.at.offset - before.offset)
    complain(fault_kind::gap_is_wrong, e.channel,
             "from " + to_string(before) + " to " + to_string(e.at) + " says " + std::to_string(*e.missed));
}

void reading::on(const seen::left& e) {
  auto& here = channels_[e.channel];
  here.in = false;
  here.pushes = here.owed = 0; // a member that comes again is a new one
  here.pushes_may_jump = false;
  if (e.wanted)
    here.at.reset();
}

// -- what was said to it alone ------------------------------------------------

void reading::check_place(const std::string& channel, const standing& here, std::uint64_t after, const std::string& what) {
  if (!here.at || after < here.told_up_to)
    return;
  if (here.at->offset > after)
    return complain(fault_kind::private_out_of_place, channel,
                    what + " was said after " + std::to_string(after) + ", and came at " + to_string(*here.at));
  if (said_.count(channel, *here.at, after, session_) > 0)
    complain(fault_kind::private_out_of_place, channel,
             what + " was said after " + std::to_string(after) + ", and came as early as " + to_string(*here.at));
}

void reading::on(const seen::pushed& e) {
  auto& here = channels_[e.channel];
  const auto what = "push " + std::to_string(e.number);
  ++verdict_.all.privates;
  if (e.number <= here.pushes)
    return complain(fault_kind::private_twice, e.channel, what + " came after " + std::to_string(here.pushes));
  const bool jumps = std::exchange(here.pushes_may_jump, false);
  if (e.number > here.pushes + 1 && !jumps)
    complain(fault_kind::private_lost, e.channel, what + " came after " + std::to_string(here.pushes));
  here.pushes = e.number;
  check_place(e.channel, here, e.after, what);
}

void reading::on(const seen::asked& e) {
  auto& one = errands_[e.id];
  ++one.sent;
  one.keyed = e.keyed;
  one.speaks = e.speaks;
  one.free = false;
}

void reading::on(const seen::unsure& e) { errands_[e.id].free = true; }

void reading::on(const seen::answered& e) {
  ++verdict_.all.answers;
  const auto what = "the answer to " + std::to_string(e.id);
  const auto found = errands_.find(e.id);
  if (found == errands_.end())
    return complain(fault_kind::answered_twice, e.channel, what + " was not asked for");
  auto& one = found->second;
  ++one.answered;
  one.well = one.well || e.well;
  if (one.answered > (one.keyed ? one.sent : 1))
    complain(fault_kind::answered_twice, e.channel, what + " came " + std::to_string(one.answered) + " times");
  if (e.channel.empty())
    return;
  auto& here = channels_[e.channel];
  if (e.after && one.sent == 1) // a repeated command gets the answer that it had
    check_place(e.channel, here, *e.after, what);
  if (e.pushed)
    here.owed = std::max(here.owed, *e.pushed);
}

// -- the end ------------------------------------------------------------------

void reading::finish() {
  for (const auto& [name, here] : channels_) {
    judge_gap(name, false);
    if (here.in && here.at)
      if (const auto missing = said_.count(name, *here.at, said_.head(name, here.at->epoch), session_); missing > 0)
        complain(fault_kind::lost_in_silence, name, "the last " + std::to_string(missing) + ", after " + to_string(*here.at));
    if (here.owed > here.pushes && !here.pushes_may_jump)
      complain(fault_kind::private_lost, name,
               "of " + std::to_string(here.owed) + " the last that came was " + std::to_string(here.pushes));
  }
  for (const auto& [id, one] : errands_) {
    if (one.answered == 0 && one.sent > 0 && !one.free)
      complain(fault_kind::answer_lost, {}, "command " + std::to_string(id));
    if (one.well && one.speaks && !said_.causes().contains(record_.client + "/" + std::to_string(id)))
      complain(fault_kind::not_carried_out, {}, "command " + std::to_string(id));
  }
}

} // namespace troupe::ledger
