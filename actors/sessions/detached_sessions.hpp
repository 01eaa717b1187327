#pragma once

#include <troupe/publication.hpp>

#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>

namespace troupe::actors {

/// Sessions whose clients are away, the one that is away longest first: of all, and of each owner.
/// Who owns one is said when it comes in, and asked no more: whose a session is may change while it is away.
/// Owner: the shard. Thread: the shard's. Bounded: by whoever adds. Adding and removing are constant.
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
    return all_.insert(all_.end(), {who, &of, of.second.insert(of.second.end(), who)});
  }

  void remove(place at) {
    auto& of = *at->of;
    of.second.erase(at->among_its);
    if (of.second.empty())
      of_.erase(of_.find(of.first));
    all_.erase(at);
  }

  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
  [[nodiscard]] std::size_t owners_count() const noexcept { return of_.size(); }
  [[nodiscard]] session_id oldest() const { return all_.front().who; } ///< there must be one
  /// Of the same owner.
  [[nodiscard]] std::size_t size_with(place at) const { return at->of->second.size(); }
  [[nodiscard]] session_id oldest_with(place at) const { return at->of->second.front(); }

 private:
  std::list<entry> all_;
  owners of_;
};

} // namespace troupe::actors
