#include "actors/sessions/pin_holders.hpp"

#include "actors/sessions/channel_log.hpp"

#include <algorithm>
#include <tuple>

namespace troupe::actors {

namespace {

constexpr auto taking = std::chrono::seconds{1}; // who took something since then is behind, not stuck

struct candidate {
  bool stuck;
  double share;
  std::chrono::milliseconds nothing_taken_for;
  std::size_t who;

  friend bool operator<(const candidate& a, const candidate& b) { // goes before
    return std::tie(a.stuck, a.share, a.nothing_taken_for) > std::tie(b.stuck, b.share, b.nothing_taken_for);
  }
};

} // namespace

void pin_holders::add(std::vector<const transports::chunk*>& chunks, std::chrono::milliseconds nothing_taken_for) {
  std::sort(chunks.begin(), chunks.end());
  chunks.erase(std::unique(chunks.begin(), chunks.end()), chunks.end());
  auto& made = holders_.emplace_back();
  made.nothing_taken_for = nothing_taken_for;
  for (const auto* c : chunks)
    if (const auto bytes = pinned_bytes(*c); bytes != 0) {
      auto& pinned = chunks_[c];
      pinned.bytes = bytes;
      ++pinned.holders;
      made.chunks.push_back(&pinned);
    }
}

double pin_holders::share_of(const holder& who) {
  double bytes = 0;
  for (const auto* c : who.chunks)
    bytes += static_cast<double>(c->bytes) / static_cast<double>(c->holders);
  return bytes;
}

std::vector<std::size_t> pin_holders::to_free(std::size_t bytes) {
  std::vector<candidate> order;
  for (std::size_t i = 0; i < holders_.size(); ++i)
    if (const auto& who = holders_[i]; !who.chunks.empty())
      order.push_back({who.nothing_taken_for >= taking, share_of(who), who.nothing_taken_for, i});
  std::sort(order.begin(), order.end());
  std::vector<std::size_t> out;
  std::size_t freed = 0;
  for (auto next = order.begin(); next != order.end() && freed < bytes; ++next) {
    out.push_back(next->who);
    for (auto* c : holders_[next->who].chunks)
      freed += --c->holders == 0 ? c->bytes : 0;
  }
  return out;
}

} // namespace troupe::actors
