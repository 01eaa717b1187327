#include "tests/ledger/record.hpp"

#include <array>
#include <string_view>

namespace troupe::ledger {

namespace {

using std::to_string;

std::string text_of(seen::chance had) {
  constexpr std::array<std::string_view, 4> words{"none before", "is to go on", "may go on", "is over"};
  return std::string{words[static_cast<std::size_t>(had)]};
}

std::string text_of(const seen::opened& e) { return "opened " + e.session + " over " + e.over + ", one before: " + text_of(e.had) + (e.why.empty() ? "" : ": ") + e.why; }
std::string text_of(const seen::resumed& e) {
  return "resumed " + e.session + " over " + e.over + (e.kept ? "" : ", private lost") + ", which " + text_of(e.had);
}
std::string text_of(const seen::doubled&) { return "has two connections"; }
std::string text_of(const seen::subscribed& e) {
  return "in " + e.channel + " at " + to_string(e.at) + (!e.recovered ? "" : *e.recovered ? " recovered" : " NOT recovered");
}
std::string text_of(const seen::published& e) { return e.channel + " " + to_string(e.offset) + " " + e.text; }
std::string text_of(const seen::gap& e) {
  return e.channel + " gap to " + to_string(e.at) + " missed " + (e.missed ? to_string(*e.missed) : "?");
}
std::string text_of(const seen::pushed& e) { return e.channel + " push " + to_string(e.number) + " after " + to_string(e.after); }
std::string text_of(const seen::asked& e) { return "asks " + to_string(e.id) + (e.keyed ? " with key" : ""); }
std::string text_of(const seen::unsure& e) { return "unsure of " + to_string(e.id); }
std::string text_of(const seen::answered& e) {
  return "answer to " + to_string(e.id) + (e.well ? "" : ": no") + (e.after ? " after " + to_string(*e.after) : "") +
         (e.pushed ? " pushed " + to_string(*e.pushed) : "");
}
std::string text_of(const seen::left& e) { return "out of " + e.channel + (e.wanted ? ", as it wanted" : ""); }

} // namespace

std::string to_string(const event& e) {
  return std::visit([](const auto& one) { return text_of(one); }, e);
}

std::string record::text() const {
  std::string lines;
  for (const auto& e : events)
    lines += client + ": " + to_string(e) + "\n";
  return lines;
}

} // namespace troupe::ledger
