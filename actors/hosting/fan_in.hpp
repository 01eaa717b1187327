#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace caf {
class error;
}

namespace troupe::actors {

/// One answer made of several: `finish` runs once, when all that were asked have answered or failed to.
///
/// Owner: the answers that are missing, each by a shared pointer. Thread: that of the actor who asks. Ends: after
/// `finish`, or with the actor. Bounded: by the deadline of each question.
///
///   auto all = std::make_shared<fan_in>([found] { … });
///   all->ask<shard_description>(self, shard, 2s, describe_shard{}, [found](const auto& d) { found->push_back(d); });
///   all->begin();
class fan_in : public std::enable_shared_from_this<fan_in> {
 public:
  explicit fan_in(std::function<void()> finish) : finish_(std::move(finish)) {}

  /// `take` gets the answer; a failure, and a `whom` that is nobody, leave that part out.
  template <class Answer, class Self, class Handle, class Question, class Take>
  void ask(Self& self, const Handle& whom, std::chrono::milliseconds patience, Question what, Take take) {
    if (!whom)
      return;
    expect();
    self.request(whom, patience, std::move(what))
        .then(
            [all = shared_from_this(), take = std::move(take)](const Answer& a) {
              take(a);
              all->arrived();
            },
            [all = shared_from_this()](const caf::error&) { all->arrived(); });
  }

  /// One more part comes in another way, and is told by `arrived`.
  void expect() { ++missing_; }
  void arrived() {
    if (--missing_ == 0)
      finish_();
  }

  /// All has been asked; `finish` runs now if nothing is missing.
  void begin() { arrived(); }

 private:
  std::function<void()> finish_;
  std::size_t missing_ = 1; // one for `begin`
};

} // namespace troupe::actors
