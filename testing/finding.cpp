#include <troupe/testing/finding.hpp>

#include <algorithm>
#include <ostream>

namespace troupe::testing {

namespace {

bool stands_in_word(char sign) {
  const auto c = static_cast<unsigned char>(sign);
  return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
}

/// Up to a whole word: `push rule` is not the beginning of `push rules`.
bool begins(std::string_view line, std::string_view wanted) {
  if (!line.starts_with(wanted))
    return false;
  return wanted.empty() || wanted.size() == line.size() || !stands_in_word(wanted.back()) ||
         !stands_in_word(line[wanted.size()]);
}

finding not_so(const std::string& what, const std::vector<heard_message>& all) {
  return finding{what + ". Heard was:\n" + to_string(all)};
}

} // namespace

std::ostream& operator<<(std::ostream& out, const finding& what) {
  return out << (what ? std::string{"as expected"} : what.why_not());
}

finding heard_in_order(const std::vector<heard_message>& all, std::initializer_list<std::string_view> wanted) {
  auto next = all.begin();
  std::string before;
  for (const auto one : wanted) {
    next = std::find_if(next, all.end(), [one](const auto& h) { return begins(to_string(h), one); });
    if (next == all.end())
      return not_so("`" + std::string{one} + "` was not heard" + before, all);
    ++next;
    before = " after `" + std::string{one} + "`";
  }
  return {};
}

finding heard_exactly(const std::vector<heard_message>& all, std::initializer_list<std::string_view> wanted) {
  std::size_t at = 0;
  for (const auto one : wanted) {
    if (at == all.size())
      return not_so("`" + std::string{one} + "` was not heard: there is no message " + std::to_string(at + 1), all);
    if (!begins(to_string(all[at]), one))
      return not_so("message " + std::to_string(at + 1) + " is not `" + std::string{one} + "`", all);
    ++at;
  }
  if (at != all.size())
    return not_so("`" + to_string(all[at]) + "` was heard, too", all);
  return {};
}

finding never_heard(const std::vector<heard_message>& all, std::string_view unwanted) {
  for (const auto& one : all)
    if (begins(to_string(one), unwanted))
      return not_so("`" + to_string(one) + "` was heard", all);
  return {};
}

} // namespace troupe::testing
