#include <troupe/testing/heard.hpp>

#include <ostream>

namespace troupe::testing {

namespace {

/// What stands before a message's data or words.
std::string head(const heard_message& one) {
  if (one.type == "broadcast" && one.offset == 0)
    return "ephemeral";
  return one.type;
}

void append_word(std::string& line, std::string_view word) {
  if (word.empty())
    return;
  line += ' ';
  line += word;
}

} // namespace

std::string to_string(const heard_message& one) {
  auto line = head(one);
  append_word(line, one.event);
  append_word(line, one.words);
  if (one.words.empty() && one.type != "presence")
    append_word(line, one.data.json());
  return line;
}

std::string to_string(const std::vector<heard_message>& all) {
  if (all.empty())
    return "  nothing\n";
  std::string text;
  for (std::size_t i = 0; i < all.size(); ++i)
    text += "  " + std::to_string(i + 1) + ". " + to_string(all[i]) + '\n';
  return text;
}

std::ostream& operator<<(std::ostream& out, const heard_message& one) { return out << to_string(one); }

} // namespace troupe::testing
