#pragma once
/// What was really said in each channel, as those know it who do not hear it from a client's connection: publishers by
/// their acknowledgements, history by the API.
///
/// A value that grows; whoever runs a storm fills it. Bounded by the storm.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::ledger {

/// A position in a channel.
struct place {
  std::string epoch;
  std::uint64_t offset = 0;

  friend bool operator==(const place&, const place&) = default;
};

[[nodiscard]] std::string to_string(const place& at);

/// A publication that was kept.
struct publication {
  std::uint64_t offset = 0;
  std::string text{};   ///< its data, as JSON
  std::string except{}; ///< the session that it is not for; empty: for all
  std::string cause{};  ///< the command that said it, `client/id`; empty: a publisher
};

class truth {
 public:
  /// Also a second time, from another witness: they must agree.
  void add(const std::string& channel, const std::string& epoch, publication what);

  /// The first after `at` that is for `session`; null: there is none.
  [[nodiscard]] const publication* next(const std::string& channel, const place& at, std::string_view session) const;
  /// The one that stands there; null: none does.
  [[nodiscard]] const publication* find(const std::string& channel, const place& at) const;
  /// How many after `from`, up to and with `to`, are for `session`.
  [[nodiscard]] std::uint64_t count(const std::string& channel, const place& from, std::uint64_t to,
                                    std::string_view session) const;
  /// Of the newest; 0: nothing was said.
  [[nodiscard]] std::uint64_t head(const std::string& channel, const std::string& epoch) const;

  /// How often each command spoke.
  [[nodiscard]] const std::map<std::string, int>& causes() const noexcept { return causes_; }
  /// Where witnesses differ, in words.
  [[nodiscard]] const std::vector<std::string>& conflicts() const noexcept { return conflicts_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  using stream = std::map<std::uint64_t, publication>;
  [[nodiscard]] const stream& stream_of(const std::string& channel, const std::string& epoch) const;

  std::map<std::pair<std::string, std::string>, stream> streams_; // by channel and epoch
  std::map<std::string, int> causes_;
  std::vector<std::string> conflicts_;
  std::size_t size_ = 0;
};

} // namespace troupe::ledger
