#pragma once
/// Text for a terminal: aligned columns, and nothing that a client could command the terminal with.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

/// Control characters become `?`, and line breaks blanks: names and data come from clients.
[[nodiscard]] std::string printable(std::string_view text);

/// Columns of a terminal that it takes: wide characters take two, those that combine none.
[[nodiscard]] std::size_t width_of(std::string_view text);

/// Cut to so many columns, with an ellipsis if something is missing.
[[nodiscard]] std::string cut_to(std::string_view text, std::size_t columns);

/// `1,234,567`.
[[nodiscard]] std::string grouped(std::uint64_t n);
/// `950 B`, `1.2 kB`, `34 MB`.
[[nodiscard]] std::string bytes_text(std::uint64_t n);
/// `59 s`, `12 min`, `5 h`, `3 days`.
[[nodiscard]] std::string duration_text(std::uint64_t seconds);
/// `0.3`, `12`, `1,234`.
[[nodiscard]] std::string rate_text(double per_second);

/// Rows below headings. A value.
class text_table {
 public:
  struct column {
    std::string heading;
    bool right = false; ///< numbers
  };

  /// `gives_way`: the column that is cut where the terminal is narrow.
  explicit text_table(std::vector<column> columns, std::size_t gives_way = 0)
      : columns_(std::move(columns)), gives_way_(gives_way) {}

  /// As many cells as there are columns; made printable.
  void add(std::vector<std::string> cells);

  /// Lines of at most `columns` columns, of which one column gives way, then the last ones; the headings in `bold` and `plain`.
  [[nodiscard]] std::vector<std::string> lines(std::size_t columns, std::string_view bold = {}, std::string_view plain = {}) const;

 private:
  std::vector<column> columns_;
  std::size_t gives_way_;
  std::vector<std::vector<std::string>> rows_;
};

} // namespace troupe::actors
