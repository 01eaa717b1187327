#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <unordered_map>
#include <utility>

namespace troupe::actors {

/// Who is next of those who wait: addresses take turns, and nobody overtakes another one of the same address. So one that
/// sends thousands keeps none of the others waiting, and where no more may wait, it makes room. Behind a proxy, where
/// all come from one address, they are served as they came.
///
/// Owner: whoever has a queue. Pure. Each operation takes logarithmic time.
class fair_turns {
 public:
  // -- changing ---------------------------------------------------------------

  /// `number` waits, behind all of its address: numbers rise. `weight` is what it costs those who keep it.
  void add(std::uint64_t number, std::uint64_t address, std::size_t weight);
  /// Whose turn it is: it waits no more, and others of its address do so behind all other addresses. Not when empty.
  [[nodiscard]] std::uint64_t take();
  /// It gives up; its address keeps its turn. Nothing, if it does not wait.
  void remove(std::uint64_t number);

  // -- looking ----------------------------------------------------------------

  /// Who makes room for another one of `address`: the last of the address that weighs most, if it weighs more than
  /// `address` would. 0: nobody.
  [[nodiscard]] std::uint64_t makes_room_for(std::uint64_t address, std::size_t weight) const;

  [[nodiscard]] bool empty() const noexcept { return places_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }
  [[nodiscard]] std::size_t weight() const noexcept { return weight_; }

 private:
  struct lane {
    std::set<std::uint64_t> numbers{};
    std::size_t weight = 0;
    std::uint64_t turn = 0; // the lowest is next
  };
  struct place {
    std::uint64_t address;
    std::size_t weight;
  };
  void weigh(std::uint64_t address, lane& l, std::size_t weight);

  std::unordered_map<std::uint64_t, place> places_; // by number
  std::unordered_map<std::uint64_t, lane> lanes_;   // by address; none is empty
  std::set<std::pair<std::uint64_t, std::uint64_t>> turns_;   // of each lane: its turn, its address
  std::set<std::pair<std::size_t, std::uint64_t>> by_weight_; // likewise
  std::uint64_t last_turn_ = 0;
  std::size_t weight_ = 0;
};

} // namespace troupe::actors
