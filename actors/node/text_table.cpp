#include "actors/node/text_table.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace troupe::actors {

namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t least = 8; // columns of what gives way, however narrow the terminal is

/// One character of UTF-8; what is none is a character of one byte.
struct character {
  std::uint32_t code = 0;
  std::size_t bytes = 1;
};

character first_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t bytes = lead < 0x80 || lead > 0xF4 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
  if (bytes == 1 || bytes > text.size())
    return {lead, 1};
  std::uint32_t code = lead & (0xFFu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0u) != 0x80u) // it would be passed over, whatever it is
      return {lead, 1};
    code = code << 6 | (next & 0x3Fu);
  }
  return {code, bytes};
}

/// What a terminal takes for a command, or what turns the order of what follows.
bool is_control(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x200E && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

std::size_t columns_of(std::uint32_t c) {
  if ((c >= 0x300 && c < 0x370) || c == 0x200B || c == 0x200D || (c >= 0xFE00 && c <= 0xFE0F))
    return 0;
  const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
                    (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                    (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
  return wide ? 2 : 1;
}

std::string padded(const std::string& text, std::size_t columns, bool right) {
  const auto width = width_of(text);
  const std::string blanks(columns > width ? columns - width : 0, ' ');
  return right ? blanks + text : text + blanks;
}

std::string one_digit(double n) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", n);
  return text;
}

} // namespace

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto c = first_of(text);
    if (c.code == '\n' || c.code == '\t' || c.code == '\r')
      out += ' ';
    else if (is_control(c.code) || (c.bytes == 1 && c.code >= 0x80))
      out += '?';
    else
      out.append(text.substr(0, c.bytes));
    text.remove_prefix(c.bytes);
  }
  return out;
}

std::size_t width_of(std::string_view text) {
  std::size_t columns = 0;
  for (; !text.empty(); text.remove_prefix(first_of(text).bytes))
    columns += columns_of(first_of(text).code);
  return columns;
}

std::string cut_to(std::string_view text, std::size_t columns) {
  if (width_of(text) <= columns)
    return std::string{text};
  std::string out;
  for (std::size_t used = 0; !text.empty();) {
    const auto c = first_of(text);
    used += columns_of(c.code);
    if (used + 1 > columns)
      break;
    out.append(text.substr(0, c.bytes));
    text.remove_prefix(c.bytes);
  }
  return columns == 0 ? std::string{} : out + "…";
}

// -- numbers ------------------------------------------------------------------

std::string grouped(std::uint64_t n) {
  const auto digits = std::to_string(n);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0)
      text += ',';
    text += digits[i];
  }
  return text;
}

std::string bytes_text(std::uint64_t n) {
  if (n < 1'000)
    return std::to_string(n) + " B";
  auto size = static_cast<double>(n);
  for (const char* unit : {"kB", "MB", "GB"}) {
    size /= 1'000;
    if (size < 999.5)
      return (size < 9.95 ? one_digit(size) : std::to_string(static_cast<std::uint64_t>(size + 0.5))) + " " + unit;
  }
  return grouped(static_cast<std::uint64_t>(size / 1'000 + 0.5)) + " TB";
}

std::string duration_text(std::uint64_t seconds) {
  if (seconds < 100)
    return std::to_string(seconds) + " s";
  if (seconds < 6'000)
    return std::to_string((seconds + 30) / 60) + " min";
  return seconds < 360'000 ? std::to_string((seconds + 1'800) / 3'600) + " h"
                           : std::to_string((seconds + 43'200) / 86'400) + " days";
}

std::string rate_text(double per_second) {
  if (per_second < 0.05)
    return "0";
  return per_second < 9.95 ? one_digit(per_second) : grouped(static_cast<std::uint64_t>(per_second + 0.5));
}

// -- the table ----------------------------------------------------------------

void text_table::add(std::vector<std::string> cells) {
  for (auto& cell : cells)
    cell = printable(cell);
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::vector<std::string> text_table::lines(std::size_t columns, std::string_view bold, std::string_view plain) const {
  std::vector<std::size_t> widths;
  std::size_t others = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widths.push_back(width_of(columns_[i].heading));
    for (const auto& row : rows_)
      widths[i] = std::max(widths[i], width_of(row[i]));
    others += i == gives_way_ ? 0 : widths[i] + gap;
  }
  widths[gives_way_] = std::min(widths[gives_way_], std::max(least, columns > others ? columns - others : 0));
  const auto line_of = [&](auto&& cell) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i)
      line += (i == 0 ? "" : std::string(gap, ' ')) + padded(cut_to(cell(i), widths[i]), widths[i], columns_[i].right);
    line.erase(line.find_last_not_of(' ') + 1);
    return cut_to(line, columns);
  };
  std::vector<std::string> all;
  all.push_back(std::string{bold} + line_of([this](std::size_t i) { return columns_[i].heading; }) + std::string{plain});
  for (const auto& row : rows_)
    all.push_back(line_of([&row](std::size_t i) { return row[i]; }));
  return all;
}

} // namespace troupe::actors
