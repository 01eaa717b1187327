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

  /// It holds nothing until it is weighed.
  place add(session_id who, const std::string& owner) {
    auto& of = *of_.try_emplace(owner).first;
    unlist(of);
    const auto among = of.second.sessions.insert(of.second.sessions.end(), who);
    of.second.weights.emplace(0, who);
    list(of);
    return all_.insert(all_.end(), {who, &of, among});
  }

  void remove(place at) {
    auto& of = *at->of;
    unlist(of);
    change_weight(*at, 0);
    of.second.weights.erase({0, at->who});
    of.second.sessions.erase(at->among_its);
    if (of.second.sessions.empty())
      of_.erase(of_.find(of.first));
    else
      list(of);
    all_.erase(at);
  }

  void weigh(place at, std::size_t bytes) {
    if (at->bytes == bytes)
      return;
    unlist(*at->of);
    change_weight(*at, bytes);
    list(*at->of);
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

  void unlist(owners::value_type& of) {
    by_size_.erase({of.second.sessions.size(), &of});
    by_bytes_.erase({of.second.bytes, &of});
  }

  void list(owners::value_type& of) {
    by_size_.insert({of.second.sessions.size(), &of});
    by_bytes_.insert({of.second.bytes, &of});
  }

  void change_weight(entry& one, std::size_t bytes) {
    auto& of = one.of->second;
    auto weight = of.weights.extract({one.bytes, one.who});
    weight.value().first = bytes;
    of.weights.insert(std::move(weight));
    of.bytes += bytes - one.bytes;
    bytes_ += bytes - one.bytes;
    one.bytes = bytes;
  }

  std::list<entry> all_;
  owners of_;
  ranking by_size_, by_bytes_;
  std::size_t bytes_ = 0;
};

} // namespace troupe::actors
