#pragma once

#include <cstddef>
#include <memory>

namespace troupe::testing {

class channel_bench;

/// Where a channel under test keeps its history and snapshots: in memory, which answers within the call, or, where its
/// namespace says `history_store = "disk"`, as a disk does, after the handler. It can be slow, and it can fail.
///
///     t.store().hold();                       // a disk that takes its time
///     auto told = ada.call("vote", vote{"tea"});
///     CHECK(told.waiting());                  // `after_save`
///     t.store().let_go();
///     CHECK(told.ok());
///
/// A handle. Ends with the kit. Thread: the test's.
class store_under_test {
 public:
  explicit store_under_test(std::shared_ptr<channel_bench> bench);

  /// Answers nothing until told to. From here on it is slow in any case, as a disk is.
  void hold();
  /// Does and answers the next `count` of what it was asked, in order.
  void answer(std::size_t count = 1);
  /// Does and answers all that it was asked, and holds nothing back any more.
  void let_go();
  /// Of what it was asked it has not answered so many.
  [[nodiscard]] std::size_t waiting() const;

  /// The next `count` publications, snapshots and answers to calls with a key are refused, as by a disk that is full.
  void fail(std::size_t count = 1);

 private:
  std::shared_ptr<channel_bench> bench_;
};

} // namespace troupe::testing
