#pragma once
/// What is on a board: pieces of strokes as they came over the wire, oldest first, bounded.
///
/// A piece is 12 bytes or more, numbers little-endian:
///   u16 stroke | u8 colour | u8 width | (u16 x, u16 y) twice or more; the board is 65,536 wide and high
/// A pen that moves sends a piece per frame, each beginning where the one before ended, so each can be drawn alone.
/// A page is pieces in a row, each after its length as u16. A value, no threads.

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace examples {

/// Which rule `piece` breaks; empty: none.
[[nodiscard]] std::string what_is_wrong(std::string_view piece);

class drawing {
 public:
  static constexpr std::size_t piece_bytes_max = 4 + 4 * 256;
  /// All pages are pushed to a newcomer at once, so they stay below a session's queue of 256 KiB.
  static constexpr std::size_t bytes_max = 160 * 1024;
  static constexpr std::size_t page_bytes_max = 32 * 1024;

  /// Appends a piece without faults; the oldest go when `bytes_max` is passed.
  void add(std::string_view piece);
  void clear() noexcept;

  [[nodiscard]] std::size_t pieces() const noexcept { return pieces_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

  /// Everything, in pages of at most `page_bytes_max`.
  [[nodiscard]] std::vector<std::string> pages() const;

  /// Appends the pieces of a page; faulty ones are left out.
  void add_page(std::string_view page);

 private:
  std::deque<std::string> pieces_;
  std::size_t bytes_ = 0; ///< with two for the length of each
};

} // namespace examples
