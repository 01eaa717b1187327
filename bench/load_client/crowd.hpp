#pragma once
/// All subscribers of a run: opens them, so many at once, and owns them.

#include "load_client/audience.hpp"
#include "load_client/connection.hpp"
#include "load_client/options.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe::bench {

class crowd {
 public:
  crowd(event_loop& loop, const options& o, audience& told);

  /// Opens more if fewer than `opening` are under way.
  void open_more();

  // -- those that are open ----------------------------------------------------

  void drop(std::size_t which) noexcept { members_[which]->drop(); }
  void bring_back(std::size_t which) { members_[which]->open(routes_[which % routes_.size()]); }

  [[nodiscard]] bool is_complete() const noexcept { return audience_.subscribed_count() == options_.subscribers; }

 private:
  [[nodiscard]] std::unique_ptr<connection> make(std::size_t index, const route& from);

  event_loop& loop_;
  const options& options_;
  audience& audience_;
  std::vector<route> routes_; ///< one per source address
  std::string target_;
  std::vector<std::unique_ptr<connection>> members_;
};

/// The `which`-th channel of a run: each subscriber and each publisher has one.
[[nodiscard]] std::string channel_of(const options& o, std::size_t which);

/// How to reach the server of `o` from its `source`-th address. Throws `std::invalid_argument`.
[[nodiscard]] route make_route(const options& o, std::size_t source, std::size_t sources);

} // namespace troupe::bench
