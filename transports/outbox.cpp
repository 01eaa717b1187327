#include "transports/outbox.hpp"

#include <algorithm>

#include <sys/uio.h>

namespace troupe::transports {

namespace {

constexpr std::size_t pieces_to_compact = 256;
constexpr std::size_t own_bytes_to_compact = 4096;
constexpr std::size_t own_bytes_to_adopt = 4096; // a longer string moves in whole

} // namespace

// -- filling ------------------------------------------------------------------

void outbox::append(slice shared) {
  if (shared.bytes.empty())
    return;
  appended_ += shared.bytes.size();
  if (first_ < pieces_.size()) {
    piece& last = pieces_.back();
    if (last.owner && last.owner == shared.owner && last.data + last.size == shared.bytes.data()) {
      last.size += shared.bytes.size();
      return;
    }
  }
  pieces_.push_back({std::move(shared.owner), shared.bytes.data(), shared.bytes.size()});
}

void outbox::append(std::string_view private_bytes) {
  if (private_bytes.empty())
    return;
  appended_ += private_bytes.size();
  own_.append(private_bytes);
  if (first_ < pieces_.size() && !pieces_.back().owner)
    pieces_.back().size += private_bytes.size();
  else
    pieces_.push_back({nullptr, nullptr, private_bytes.size()});
}

void outbox::append(std::string&& private_bytes) {
  if (private_bytes.size() < own_bytes_to_adopt)
    return append(std::string_view(private_bytes));
  chunk_ptr owner(new chunk);
  owner->bytes = std::move(private_bytes);
  const std::string_view bytes = owner->bytes;
  append(slice{std::move(owner), bytes});
}

// -- sending ------------------------------------------------------------------

std::size_t outbox::gather(std::span<iovec> out) const {
  std::size_t own = own_first_;
  std::size_t n = 0;
  for (std::size_t i = first_; i < pieces_.size() && n < out.size(); ++i, ++n) {
    const piece& p = pieces_[i];
    const char* data = p.owner ? p.data : own_.data() + own;
    if (!p.owner)
      own += p.size;
    out[n] = {const_cast<char*>(data), p.size}; // iovec serves readers and writers
  }
  return n;
}

void outbox::consume(std::size_t n) {
  taken_ += n;
  if (empty()) {
    clear();
    return;
  }
  while (n > 0) {
    piece& p = pieces_[first_];
    const std::size_t part = std::min(n, p.size);
    n -= part;
    p.size -= part;
    if (p.owner)
      p.data += part;
    else
      own_first_ += part;
    if (p.size == 0) {
      p.owner.reset();
      ++first_;
    }
  }
  compact();
}

void outbox::add_chunks(std::vector<const chunk*>& into) const {
  for (std::size_t i = first_; i < pieces_.size(); ++i)
    if (pieces_[i].owner)
      into.push_back(pieces_[i].owner.get());
}

void outbox::clear() {
  taken_ = appended_;
  std::vector<piece>().swap(pieces_);
  std::string().swap(own_);
  first_ = own_first_ = 0;
}

void outbox::compact() {
  if (first_ >= pieces_to_compact && first_ * 2 >= pieces_.size()) {
    pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  if (own_first_ >= own_bytes_to_compact && own_first_ * 2 >= own_.size()) {
    own_.erase(0, own_first_);
    own_first_ = 0;
  }
}

} // namespace troupe::transports
