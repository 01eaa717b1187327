#pragma once

#include "actors/messages/starter.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>

namespace troupe::actors {

/// Who gives way when all channels together keep too much: of the heaviest address the heaviest session, and of what that
/// had started the largest channel.
///
///     all ─┬─ address ─┬─ session ─┬─ channel      each weighs what hangs on it
///          │           │           └─ channel
///          └─ channel (of the node's own API)
///
/// So one client that fills many channels competes with all of them together, one address with all of its sessions, and
/// what keeps little is the last to lose it. Behind a proxy, where all come from one address, sessions still differ.
/// Pure. Owner and thread: whoever guards the channels. Pointers to shares stay valid until they are given back.
class fair_shares {
 public:
  struct share;

  fair_shares();
  ~fair_shares();
  fair_shares(const fair_shares&) = delete;
  fair_shares& operator=(const fair_shares&) = delete;

  /// A channel's share. `place` is what it costs as long as it is here; it weighs, but cannot be given. `channel` comes
  /// back from `heaviest`.
  [[nodiscard]] share* enter(const starter& by, void* channel, std::size_t place = 0);
  void leave(share* of);
  /// What it has beside its place, and can give.
  void weigh(share* of, std::size_t weight);

  /// Of those who have something to give. Null: nobody has.
  [[nodiscard]] void* heaviest() const;

 private:
  using groups = std::unordered_map<std::uint64_t, std::unique_ptr<share>>;

  [[nodiscard]] share* group(groups& among, std::uint64_t id, share* of);
  void drop_if_unused(share* group);
  static void change(share* of, std::size_t weight, std::size_t gives);

  std::unique_ptr<share> all_;
  groups addresses_, sessions_;
  std::uint64_t last_number_ = 0;
};

} // namespace troupe::actors
