#pragma once
/// What is to go wrong with a connection, drawn by seed. Pure.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

namespace troupe::ledger {

enum class harm : std::uint8_t {
  cut,             ///< both sides get a reset
  finish,          ///< both get an end, after what was said before
  finish_client,   ///< only the client gets an end: what it says still arrives
  finish_server,   ///< only the server does
  stall,           ///< nothing passes for a time
  stall_to_client, ///< nothing passes to the client for a time
  stall_to_server, ///< nothing passes to the server for a time
};
inline constexpr std::array all_harms{harm::cut,   harm::finish,          harm::finish_client,  harm::finish_server,
                                      harm::stall, harm::stall_to_client, harm::stall_to_server};

[[nodiscard]] std::string_view to_string(harm what) noexcept;

/// One thing that happens once so many bytes have passed, whichever way.
struct mishap {
  harm what = harm::cut;
  std::size_t after = 0;
  std::chrono::milliseconds lasting{0}; ///< of a stall
};

/// The fate of one connection.
struct fate {
  std::vector<mishap> mishaps{};
  std::size_t piece = 0;              ///< bytes of a write; 0: as they come
  std::chrono::milliseconds delay{0}; ///< before each write
};

/// How bad it is on the whole.
struct weather {
  double unharmed = 0.2; ///< of all connections
  std::size_t bytes_max = 6000;
  std::chrono::milliseconds stall_max{400}, delay_max{20};
};

/// Draws fates one after the other: the same seed, the same fates.
class fates {
 public:
  fates(std::uint32_t seed, weather how) : dice_(seed), weather_(how) {}

  [[nodiscard]] fate draw();

 private:
  [[nodiscard]] bool chance(double of) { return std::uniform_real_distribution{}(dice_) < of; }
  [[nodiscard]] std::chrono::milliseconds up_to(std::chrono::milliseconds most);

  std::mt19937 dice_;
  weather weather_;
};

} // namespace troupe::ledger
