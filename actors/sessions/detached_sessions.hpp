#pragma once

#include <troupe/publication.hpp>

#include <cstddef>
#include <list>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace troupe::actors {

/// Sessions whose clients are away, the one that is away longest first: of all, and of each owner.
/// Who owns one is said when it comes in, and asked no more: whose a session is may change while it is away.
/// Owner: the shard. Thread: the shard's. Bounded: by whoever adds. Adding and removing are logarithmic in the owners.
class detached_sessions {
 public:
  using owners = std::unordered_map<std::string, std::list<session_id>>;

  struct entry {
    session_id who;
    owners::value_type* of;
    std::list<session_id>::iterator among_its;
  };
  using place = std::list<entry>::iterator;

  place add(session_id who, const std::string& owner) {
    auto& of = *of_.try_emplace(owner).first;
    by_size_.erase({of.second.size(), &of});
    const auto among = of.second.insert(of.second.end(), who);
    by_size_.insert({of.second.size(), &of});
    return all_.insert(all_.end(), {who, &of, among});
  }

  void remove(place at) {
    auto& of = *at->of;
    by_size_.erase({of.second.size(), &of});
    of.second.erase(at->among_its);
    if (of.second.empty())
      of_.erase(of_.find(of.first));
    else
      by_size_.insert({of.second.size(), &of});
    all_.erase(at);
  }

  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
  /// Who makes room: of the owner that has most, and where all have one, of all. There must be one.
  [[nodiscard]] session_id first_to_go() const {
    const auto& [size, of] = *by_size_.rbegin();
    return size > 1 ? of->second.front() : all_.front().who;
  }
  /// Of the same owner.
  [[nodiscard]] std::size_t size_with(place at) const { return at->of->second.size(); }
  [[nodiscard]] session_id oldest_with(place at) const { return at->of->second.front(); }

 private:
  std::list<entry> all_;
  owners of_;
  std::set<std::pair<std::size_t, owners::value_type*>> by_size_;
};

} // namespace troupe::actors
