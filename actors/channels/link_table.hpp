#pragma once

#include "actors/channels/channel_host.hpp"
#include "actors/link/channel_end.hpp"

#include <map>

namespace troupe::actors {

/// The links of a channel, one for each shard that has spoken to it.
/// Owner: the channel_runtime. Thread: the channel's. Bounded by the shards of the node.
class link_table {
 public:
  link_table(channel_host& host, channel_end::limits most) : host_(host), most_(most) {}

  struct found {
    channel_end_ptr now;  ///< null: of a link that was named anew since, or one whose beginning was missed
    channel_end_ptr gone; ///< the one before, if the shard has named it anew: nobody is reached over it any more
  };
  [[nodiscard]] found of(const command_batch& batch);

  /// Null: there is none.
  [[nodiscard]] channel_end_ptr take(std::uint32_t end);

  void flush(channel_end_host& host, bool regardless) {
    for (const auto& [end, l] : all_)
      l->flush(host, regardless);
  }
  [[nodiscard]] bool idle() const;

  /// Whether a publication has to be said on `l`: somebody reads there, or is about to: what `on_join` says comes after
  /// its answer.
  [[nodiscard]] bool wants_publications(const channel_end& l) const { return l.members() > 0 || &l == entering_; }

  /// Somebody is about to read on `l`, for as long as this lives.
  class entrance {
   public:
    entrance(link_table& of, const channel_end& l) : of_(of) { of_.entering_ = &l; }
    ~entrance() { of_.entering_ = nullptr; }
    entrance(const entrance&) = delete;
    entrance& operator=(const entrance&) = delete;

   private:
    link_table& of_;
  };

  using table = std::map<std::uint32_t, channel_end_ptr>;
  [[nodiscard]] const table& all() const noexcept { return all_; }

 private:
  channel_host& host_;
  const channel_end::limits most_;
  table all_;
  const channel_end* entering_ = nullptr;
};

} // namespace troupe::actors
