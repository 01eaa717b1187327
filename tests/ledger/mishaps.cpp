#include "tests/ledger/mishaps.hpp"

namespace troupe::ledger {

std::string_view to_string(harm what) noexcept {
  constexpr std::array<std::string_view, all_harms.size()> names{
      "cut", "finish", "finish client", "finish server", "stall", "stall to client", "stall to server"};
  return names[static_cast<std::size_t>(what)];
}

std::chrono::milliseconds fates::up_to(std::chrono::milliseconds most) {
  return std::chrono::milliseconds{std::uniform_int_distribution<std::int64_t>{0, most.count()}(dice_)};
}

fate fates::draw() {
  fate one;
  if (chance(0.3))
    one.piece = 1 + dice_() % 50;
  if (chance(0.3))
    one.delay = up_to(weather_.delay_max);
  if (chance(weather_.unharmed))
    return one;
  std::size_t after = 0;
  for (auto count = 1 + dice_() % 3; count > 0; --count) {
    after += dice_() % weather_.bytes_max;
    one.mishaps.push_back({all_harms[dice_() % all_harms.size()], after, up_to(weather_.stall_max)});
  }
  return one;
}

} // namespace troupe::ledger
