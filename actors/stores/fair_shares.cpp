#include "actors/stores/fair_shares.hpp"

#include <set>
#include <utility>

namespace troupe::actors {

namespace {

struct lighter {
  bool operator()(const fair_shares::share* a, const fair_shares::share* b) const noexcept;
};

} // namespace

/// A node of the tree. Those of channels have no children, and no need of the set.
struct fair_shares::share {
  std::size_t weight = 0; // all of it
  std::size_t gives = 0;  // of that, what can be given
  std::uint64_t number = 0; // among equals the oldest gives first
  share* above = nullptr;
  void* channel = nullptr;
  std::uint64_t id = 0; // of an address or a session
  groups* among = nullptr;
  std::size_t members = 0;
  std::unique_ptr<std::set<share*, lighter>> below; // those who can give
};

namespace {

bool lighter::operator()(const fair_shares::share* a, const fair_shares::share* b) const noexcept {
  return std::pair{a->weight, b->number} < std::pair{b->weight, a->number};
}

} // namespace

fair_shares::fair_shares() : all_(std::make_unique<share>()) {}

fair_shares::~fair_shares() = default;

// -- coming and going ---------------------------------------------------------

fair_shares::share* fair_shares::enter(const starter& by, void* channel, std::size_t place) {
  auto* above = all_.get();
  if (by.address != 0)
    above = group(addresses_, by.address, above);
  if (by.session != 0)
    above = group(sessions_, by.session, above);
  auto made = std::make_unique<share>();
  made->number = ++last_number_;
  made->above = above;
  made->channel = channel;
  ++above->members;
  change(made.get(), place, 0);
  return made.release();
}

fair_shares::share* fair_shares::group(groups& among, std::uint64_t id, share* of) {
  auto& there = among[id];
  if (!there) {
    there = std::make_unique<share>();
    there->number = ++last_number_;
    there->above = of;
    there->id = id;
    there->among = &among;
    ++of->members;
  }
  return there.get();
}

void fair_shares::leave(share* of) {
  change(of, 0, 0);
  const std::unique_ptr<share> gone{of};
  --gone->above->members;
  drop_if_unused(gone->above);
}

void fair_shares::drop_if_unused(share* group) {
  while (group->members == 0 && group->among) {
    auto* above = group->above;
    group->among->erase(group->id);
    --above->members;
    group = above;
  }
}

// -- weights ------------------------------------------------------------------

void fair_shares::weigh(share* of, std::size_t weight) { change(of, of->weight - of->gives + weight, weight); }

void fair_shares::change(share* of, std::size_t weight, std::size_t gives) {
  const auto heavier = weight - of->weight, more = gives - of->gives; // modulo 2^64, as are the sums
  for (auto* at = of; at; at = at->above) {
    auto* above = at->above;
    if (above && at->gives > 0)
      above->below->erase(at);
    at->weight += heavier;
    at->gives += more;
    if (!above || at->gives == 0)
      continue;
    if (!above->below)
      above->below = std::make_unique<std::set<share*, lighter>>();
    above->below->insert(at);
  }
}

void* fair_shares::heaviest() const {
  const auto* at = all_.get();
  while (at->below && !at->below->empty())
    at = *at->below->rbegin();
  return at->channel;
}

} // namespace troupe::actors
