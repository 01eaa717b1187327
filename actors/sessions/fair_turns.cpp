#include "actors/sessions/fair_turns.hpp"

namespace troupe::actors {

void fair_turns::add(std::uint64_t number, std::uint64_t address, std::size_t weight) {
  auto& l = lanes_[address];
  if (l.numbers.empty()) {
    l.turn = ++last_turn_;
    turns_.emplace(l.turn, address);
    by_weight_.emplace(0, address);
  }
  l.numbers.insert(number);
  places_[number] = {address, weight};
  weigh(address, l, l.weight + weight);
}

std::uint64_t fair_turns::take() {
  const auto [turn, address] = *turns_.begin();
  auto& l = lanes_.at(address);
  turns_.erase(turns_.begin());
  l.turn = ++last_turn_;
  turns_.emplace(l.turn, address);
  const auto number = *l.numbers.begin();
  remove(number);
  return number;
}

void fair_turns::remove(std::uint64_t number) {
  const auto found = places_.find(number);
  if (found == places_.end())
    return;
  const auto [address, weight] = found->second;
  places_.erase(found);
  auto& l = lanes_.at(address);
  l.numbers.erase(number);
  weigh(address, l, l.weight - weight);
  if (!l.numbers.empty())
    return;
  turns_.erase({l.turn, address});
  by_weight_.erase({l.weight, address});
  lanes_.erase(address);
}

std::uint64_t fair_turns::makes_room_for(std::uint64_t address, std::size_t weight) const {
  if (by_weight_.empty())
    return 0;
  const auto own = lanes_.find(address);
  const auto [most, whose] = *by_weight_.rbegin();
  if (most <= weight + (own == lanes_.end() ? 0 : own->second.weight))
    return 0;
  return *lanes_.at(whose).numbers.rbegin();
}

void fair_turns::weigh(std::uint64_t address, lane& l, std::size_t weight) {
  weight_ += weight - l.weight;
  by_weight_.erase({l.weight, address});
  l.weight = weight;
  by_weight_.emplace(weight, address);
}

} // namespace troupe::actors
