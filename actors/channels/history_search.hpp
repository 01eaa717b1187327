#pragma once

#include "actors/channels/turns.hpp"
#include "actors/stores/store.hpp"

#include <troupe/channel.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace troupe::actors {

/// Looks through a channel's history for its object, from the end, page by page, until enough was found.
///
/// A store that answers within the call is read within the call; one that answers later gets a question a page, and
/// others have their turns in between.
/// Owner: whoever reads, and the question that waits for the store. Thread: the channel's. Ends: its reader has heard, or
/// is gone. Bounded: `limit` items, and a page.
class history_search : public std::enable_shared_from_this<history_search> {
 public:
  using reader = std::function<void(const std::vector<publication_ptr>&)>;
  /// Runs it as the code of the object that asked; not at all once that is gone.
  using runner = std::function<void(const std::function<void()>&)>;

  struct question {
    history_filter filter;
    std::size_t limit = 0;
    std::size_t page_bytes = 0; ///< where others are passed over
  };

  history_search(question what, reader then, runner as_object, std::function<void(const failure&)> failed)
      : what_(std::move(what)), then_(std::move(then)), as_object_(std::move(as_object)), failed_(std::move(failed)) {}

  /// Once, when what is looked for was kept. Both outlive the search, or its callbacks are not called.
  void begin(partition& from, turns& when);

 private:
  using page = tl::expected<history_page, failure>;
  void read_on();
  void arrived(page got);
  [[nodiscard]] bool look_at(const page& got);
  [[nodiscard]] bool take(const history_page& got);
  [[nodiscard]] bool is_meant(const publication& p) const;
  [[nodiscard]] bool all_are_meant() const;

  const question what_;
  const reader then_;
  const runner as_object_;
  const std::function<void(const failure&)> failed_;
  partition* partition_ = nullptr;
  turns* turns_ = nullptr;
  std::vector<publication_ptr> found_; // newest first
  offset_t before_ = 0;                // what is to be read yet; 0: all
  bool asking_ = false;                // the store is on the stack
  std::optional<page> answer_;         // that it gave within the call
};

} // namespace troupe::actors
