#pragma once

#include <troupe/publication.hpp>

#include <cstddef>
#include <list>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace troupe::actors {

/// Sessions without a connection, the one that has had none for longest first, and what each holds: of all, and of each
/// owner. Who owns one is said when it comes in, and asked no more: whose a session is may change while it is here.
/// Owner: the shard. Thread: the shard's. Bounded: by whoever adds. All changes are logarithmic.
class detached_sessions {
 public:
  struct share {
    std::list<session_id> sessions; ///< the oldest first
    std::set<std::pair<std::size_t, session_id>> weights; ///< the heaviest last
    std::size_t bytes = 0;
  };
  using owners = std::unordered_map<std::string, share>;

  struct entry {
    session_id who;
    owners::value_type* of;
    std::list<session_id>::iterator among_its;
    std::size_t bytes = 0;
  };
  using place = std::list<entry>::iterator;

  place add(session_id who, const std::string& owner, std::size_t bytes) {
    auto& of = *of_.try_emplace(owner).first;
    const auto at = all_.insert(all_.end(), {who, &of, {}, bytes});
    bytes_ += bytes;
    change(of, [&](share& its) {
      at->among_its = its.sessions.insert(its.sessions.end(), who);
      its.weights.emplace(bytes, who);
      its.bytes += bytes;
    });
    return at;
  }

  void remove(place at) {
    auto& of = *at->of;
    bytes_ -= at->bytes;
    change(of, [&](share& its) {
      its.sessions.erase(at->among_its);
      its.weights.erase({at->bytes, at->who});
      its.bytes -= at->bytes;
    });
    if (of.second.sessions.empty())
      of_.erase(of_.find(of.first));
    all_.erase(at);
  }

  void weigh(place at, std::size_t bytes) {
    if (at->bytes == bytes)
      return;
    bytes_ += bytes - at->bytes;
    change(*at->of, [&](share& its) {
      auto weight = its.weights.extract({at->bytes, at->who});
      weight.value().first = bytes;
      its.weights.insert(std::move(weight));
      its.bytes += bytes - at->bytes;
    });
    at->bytes = bytes;
  }

  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  /// Who makes room: of the owner that has most, and where all have one, of all. There must be one.
  [[nodiscard]] session_id first_to_go() const {
    const auto& [size, of] = *by_size_.rbegin();
    return size > 1 ? of->second.sessions.front() : all_.front().who;
  }
  /// Who gives back most bytes, of the owner that holds most; of those that hold as much the eldest. There must be one.
  [[nodiscard]] session_id heaviest() const {
    const auto& weights = by_bytes_.rbegin()->second->second.weights;
    return weights.lower_bound({weights.rbegin()->first, session_id{}})->second;
  }
  /// Of the same owner.
  [[nodiscard]] std::size_t size_with(place at) const { return at->of->second.sessions.size(); }
  [[nodiscard]] session_id oldest_with(place at) const { return at->of->second.sessions.front(); }

 private:
  using ranking = std::set<std::pair<std::size_t, owners::value_type*>>;

  /// Changes a share, and with it the owner's ranks. Whoever polls passes here twice a poll: nodes are used again.
  template <class F>
  void change(owners::value_type& of, F&& how) {
    auto by_size = by_size_.extract({of.second.sessions.size(), &of});
    auto by_bytes = by_bytes_.extract({of.second.bytes, &of});
    how(of.second);
    if (of.second.sessions.empty())
      return;
    put(by_size_, std::move(by_size), {of.second.sessions.size(), &of});
    put(by_bytes_, std::move(by_bytes), {of.second.bytes, &of});
  }

  static void put(ranking& into, ranking::node_type node, ranking::value_type rank) {
    if (!node) {
      into.insert(rank);
      return;
    }
    node.value() = rank;
    into.insert(std::move(node));
  }

  std::list<entry> all_;
  owners of_;
  ranking by_size_, by_bytes_;
  std::size_t bytes_ = 0;
};

} // namespace troupe::actors
