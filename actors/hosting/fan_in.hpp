#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace caf {
class error;
}

namespace troupe::actors {

/// One answer made of several: `finish` runs once, when all that were asked have answered or failed to.
///
/// Owner: the answers that are missing, each by a shared pointer. Thread: that of the actor who asks. Ends: after
/// `finish`, or with the actor. Bounded: by the deadline of each question.
///
///   auto all = std::make_shared<fan_in>([found](const auto& missed) { … });
///   all->ask<shard_description>(self, shard, 2s, describe_shard{}, [found](const auto& d) { found->push_back(d); });
///   all->begin();
class fan_in : public std::enable_shared_from_this<fan_in> {
 public:
  /// Gets the names of those that have not answered.
  using finish_function = std::function<void(const std::vector<std::string>& missed)>;

  explicit fan_in(finish_function finish) : finish_(std::move(finish)) {}

  /// `take` gets the answer; a failure, and a `whom` that is nobody, leave that part out, and its name among `missed`.
  template <class Answer, class Self, class Handle, class Question, class Take>
  void ask(Self& self, const Handle& whom, std::chrono::milliseconds patience, Question what, Take take,
           std::string name = {}) {
    if (!whom) {
      missed_.push_back(std::move(name));
      return;
    }
    expect();
    self.request(whom, patience, std::move(what))
        .then(
            [all = shared_from_this(), take = std::move(take)](const Answer& a) {
              take(a);
              all->arrived();
            },
            [all = shared_from_this(), name = std::move(name)](const caf::error&) {
              all->missed_.push_back(name);
              all->arrived();
            });
  }

  /// One more part comes in another way, and is told by `arrived`.
  void expect() { ++missing_; }
  void arrived() {
    if (--missing_ == 0)
      finish_(missed_);
  }

  /// All has been asked; `finish` runs now if nothing is missing.
  void begin() { arrived(); }

 private:
  finish_function finish_;
  std::vector<std::string> missed_;
  std::size_t missing_ = 1; // one for `begin`
};

} // namespace troupe::actors
