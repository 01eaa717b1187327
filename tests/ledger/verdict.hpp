#pragma once
/// Compares what clients saw with what was said. Pure.

#include "tests/ledger/record.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::ledger {

enum class fault_kind : std::uint8_t {
  lost_in_silence,      ///< a publication is missing, and nobody said so
  twice,                ///< a publication came again, or behind a later one
  never_said,           ///< no such publication, or with other data, or in a channel it is not in
  gap_is_wrong,         ///< a gap of another size than it says, or backwards
  position_is_wrong,    ///< went on from somewhere else than where the client stood
  private_lost,         ///< something said to it alone is missing
  private_twice,        ///< or came again
  private_out_of_place, ///< or not where it was said between the publications
  answer_lost,          ///< a command was never answered
  answered_twice,       ///< or more often than it was sent
  carried_out_twice,    ///< a command spoke twice
  not_carried_out,      ///< a command was answered well, and did not speak
  not_resumed,          ///< came within the window with its token, and was told that its session is gone
  raised_dead,          ///< its session went on, though it was over
  told_within_window,   ///< a gap, `recovered:false` or `private: lost`, though all of it is to be kept
  old_line_stands,      ///< the connection before it was not closed
  witnesses_differ,     ///< history is not what was acknowledged
};

[[nodiscard]] std::string_view to_string(fault_kind kind) noexcept;

struct fault {
  fault_kind kind{};
  std::string client{}, channel{}, what{};
};

[[nodiscard]] std::string to_string(const fault& f);

/// What holds beside "each once, in order, or told".
struct promise {
  bool resumes = true;  ///< sessions outlive connections: within the window nothing is missing, told or not
  bool keeps_up = true; ///< logs are long enough for whoever is connected, however slowly it reads
};

/// What there was, and what of it clients were told that they missed.
struct sums {
  std::uint64_t publications = 0, privates = 0, answers = 0; ///< received
  std::uint64_t opened = 0, resumed = 0;                     ///< connections
  std::uint64_t gaps = 0, not_recovered = 0, privates_lost = 0, expired = 0;

  sums& operator+=(const sums& other) noexcept;
};

struct verdict {
  std::vector<fault> faults{};
  sums all{};

  [[nodiscard]] bool clean() const noexcept { return faults.empty(); }
  /// One fault a line, at most `most`.
  [[nodiscard]] std::string text(std::size_t most = 20) const;
  /// The records of those who were wronged: `of` it was found in.
  [[nodiscard]] std::string lives(const std::vector<record>& of) const;
  [[nodiscard]] bool has(fault_kind kind) const noexcept;
};

/// `records` must be whole: clients have caught up, or cannot. Each is compared to its end.
[[nodiscard]] verdict judge(const truth& said, const std::vector<record>& records, promise what = {});

} // namespace troupe::ledger
