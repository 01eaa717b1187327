#include "examples/whiteboard/drawing.hpp"

namespace examples {

namespace {

constexpr std::size_t header_bytes = 4;
constexpr std::size_t point_bytes = 4;
constexpr std::size_t length_bytes = 2;
constexpr unsigned char colours = 8;

void append_length(std::string& out, std::size_t n) {
  out.push_back(static_cast<char>(n & 0xff));
  out.push_back(static_cast<char>(n >> 8));
}

std::size_t length_at(std::string_view page) {
  return static_cast<unsigned char>(page[0]) | static_cast<std::size_t>(static_cast<unsigned char>(page[1])) << 8;
}

} // namespace

std::string what_is_wrong(std::string_view piece) {
  if (piece.size() < header_bytes + 2 * point_bytes)
    return "a piece has a header of 4 bytes and at least two points of 4 bytes";
  if (piece.size() > drawing::piece_bytes_max)
    return "a piece has at most 256 points";
  if ((piece.size() - header_bytes) % point_bytes != 0)
    return "a piece ends in the middle of a point";
  if (static_cast<unsigned char>(piece[2]) >= colours)
    return "colours are 0 to 7";
  return {};
}

void drawing::add(std::string_view piece) {
  pieces_.emplace_back(piece);
  bytes_ += piece.size() + length_bytes;
  while (bytes_ > bytes_max) {
    bytes_ -= pieces_.front().size() + length_bytes;
    pieces_.pop_front();
  }
}

void drawing::clear() noexcept {
  pieces_.clear();
  bytes_ = 0;
}

std::vector<std::string> drawing::pages() const {
  std::vector<std::string> all;
  for (const auto& piece : pieces_) {
    if (all.empty() || all.back().size() + length_bytes + piece.size() > page_bytes_max)
      all.emplace_back();
    append_length(all.back(), piece.size());
    all.back() += piece;
  }
  return all;
}

void drawing::add_page(std::string_view page) {
  while (page.size() >= length_bytes) {
    const auto length = length_at(page);
    page.remove_prefix(length_bytes);
    const auto piece = page.substr(0, length);
    page.remove_prefix(piece.size());
    if (what_is_wrong(piece).empty())
      add(piece);
  }
}

} // namespace examples
