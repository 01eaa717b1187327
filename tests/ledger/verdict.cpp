#include "tests/ledger/verdict.hpp"

#include "tests/ledger/reading.hpp"

#include <algorithm>

namespace troupe::ledger {

std::string_view to_string(fault_kind kind) noexcept {
  switch (kind) {
  case fault_kind::lost_in_silence: return "lost in silence";
  case fault_kind::twice: return "twice";
  case fault_kind::never_said: return "never said";
  case fault_kind::gap_is_wrong: return "gap is wrong";
  case fault_kind::position_is_wrong: return "position is wrong";
  case fault_kind::private_lost: return "private lost";
  case fault_kind::private_twice: return "private twice";
  case fault_kind::private_out_of_place: return "private out of place";
  case fault_kind::answer_lost: return "answer lost";
  case fault_kind::answered_twice: return "answered twice";
  case fault_kind::carried_out_twice: return "carried out twice";
  case fault_kind::not_carried_out: return "not carried out";
  case fault_kind::not_resumed: return "not resumed";
  case fault_kind::raised_dead: return "raised the dead";
  case fault_kind::told_within_window: return "told within the window";
  case fault_kind::old_line_stands: return "old line stands";
  case fault_kind::witnesses_differ: return "witnesses differ";
  }
  return "?";
}

std::string to_string(const fault& f) {
  return std::string{to_string(f.kind)} + ": " + f.client + (f.channel.empty() ? "" : " in " + f.channel) + ": " + f.what;
}

sums& sums::operator+=(const sums& other) noexcept {
  publications += other.publications;
  privates += other.privates;
  answers += other.answers;
  opened += other.opened;
  resumed += other.resumed;
  gaps += other.gaps;
  not_recovered += other.not_recovered;
  privates_lost += other.privates_lost;
  expired += other.expired;
  return *this;
}

std::string verdict::text(std::size_t most) const {
  std::string lines;
  for (std::size_t i = 0; i < std::min(most, faults.size()); ++i)
    lines += to_string(faults[i]) + "\n";
  if (faults.size() > most)
    lines += "and " + std::to_string(faults.size() - most) + " more\n";
  return lines;
}

std::string verdict::lives(const std::vector<record>& of) const {
  std::string lines;
  for (const auto& r : of)
    if (std::any_of(faults.begin(), faults.end(), [&](const fault& f) { return f.client == r.client; }))
      lines += r.text();
  return lines;
}

bool verdict::has(fault_kind kind) const noexcept {
  return std::any_of(faults.begin(), faults.end(), [kind](const fault& f) { return f.kind == kind; });
}

verdict judge(const truth& said, const std::vector<record>& records, promise what) {
  verdict all;
  for (const auto& conflict : said.conflicts())
    all.faults.push_back({fault_kind::witnesses_differ, {}, {}, conflict});
  for (const auto& [cause, times] : said.causes())
    if (times > 1)
      all.faults.push_back({fault_kind::carried_out_twice, cause, {}, "spoke " + std::to_string(times) + " times"});
  for (const auto& r : records)
    reading{said, r, what, all}.run();
  return all;
}

} // namespace troupe::ledger
