#pragma once

#include "actors/channels/link_table.hpp"
#include "actors/channels/overheard.hpp"
#include "actors/channels/pending_appends.hpp"
#include "actors/channels/turns.hpp"
#include "actors/stores/store.hpp"

#include <memory>
#include <string>
#include <utility>

namespace troupe::actors {

/// What a channel says to all: publications get their offset from the store and go to every link that somebody reads,
/// in one order, however late the store answers.
///
/// Owner: the channel_runtime. Thread: the channel's.
class publication_stream {
 public:
  using result = tl::expected<kept, failure>;

  publication_stream(partition& where, link_table& links, turns& when, announcer& events)
      : partition_(where), links_(links), turns_(when), events_(events), epoch_(where.epoch()), appends_(where.head()) {}

  // -- saying -----------------------------------------------------------------

  /// Keeps `p` and says it. `then(result)` is the item that follows it on `via`; without `via` it is only told.
  template <class F>
  void keep(publication p, append_key key, const channel_end_ptr& via, F then) {
    if (appends_.idle()) {
      if (const auto at_once = partition_.append_now(p, key)) {
        tell(*at_once);
        auto item = then(*at_once);
        if (via)
          via->say(std::move(item));
        return;
      }
    }
    keep_later(std::move(p), std::move(key), via, std::move(then));
  }

  void say_ephemeral(publication p);

  /// What was said so after the first `heard`; for some seconds from `time` on it is kept for who asks again. At first there
  /// is nothing.
  [[nodiscard]] overheard::page overhear(std::uint64_t heard, std::int64_t time, std::size_t bytes_max);

  // -- points in it -----------------------------------------------------------

  using point = pending_appends::point;
  [[nodiscard]] point now() const { return appends_.now(); }
  /// Runs `what` with the head as it is at `where`, as soon as that is known: perhaps at once.
  void at(const point& where, pending_appends::action what) { appends_.at(where, std::move(what)); }

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] const std::string& epoch() const noexcept { return epoch_; }
  [[nodiscard]] offset_t head() const noexcept { return appends_.head(); }
  [[nodiscard]] bool idle() const noexcept { return appends_.idle(); }
  /// Said since the channel started.
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

 private:
  void keep_later(publication p, append_key key, const channel_end_ptr& via,
                  std::function<outbound_item(const result&)> then);
  void tell(const result& what);
  void counted();
  template <class F>
  offset_t advance(const result& what, F say);

  partition& partition_;
  link_table& links_;
  turns& turns_;
  announcer& events_;
  std::string epoch_;
  pending_appends appends_;
  std::uint64_t count_ = 0;
  std::unique_ptr<overheard> overheard_; // null: nobody listens
};

} // namespace troupe::actors
