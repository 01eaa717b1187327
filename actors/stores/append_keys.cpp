#include "actors/stores/append_keys.hpp"

#include <utility>

namespace troupe::actors {

namespace {

/// What remembering a key costs: its texts and the nodes around them.
std::size_t bytes_of(const append_key& key) { return key.publisher.size() + 2 * key.text.size() + 256; }

} // namespace

std::optional<offset_t> append_keys::find(const append_key& key, const retention& keep, time_point now) const {
  const auto publisher = publishers_.find(key.publisher);
  if (publisher == publishers_.end())
    return std::nullopt;
  const auto found = publisher->second.by_text.find(key.text);
  if (found == publisher->second.by_text.end() || now - found->second->at >= keep.key_ttl)
    return std::nullopt;
  return found->second->offset;
}

void append_keys::add(append_key key, offset_t offset, const retention& keep, time_point now) {
  if (keep.keys == 0)
    return;
  make_room(key.publisher, keep);
  bytes_ += bytes_of(key);
  in_order_.push_back({std::move(key), offset, now});
  const auto added = std::prev(in_order_.end());
  auto& publisher = publishers_[added->key.publisher];
  publisher.by_text.emplace(added->key.text, added);
  publisher.in_order.push_back(added);
}

void append_keys::make_room(const std::string& publisher, const retention& keep) {
  const auto own = publishers_.find(publisher);
  if (!publisher.empty() && own != publishers_.end() && own->second.in_order.size() >= keep.keys_per_publisher)
    return forget(own->second.in_order.front());
  while (size() >= keep.keys) {
    const auto* most = &publishers_.begin()->second;
    for (const auto& [name, p] : publishers_) {
      const auto more = p.in_order.size() > most->in_order.size();
      const auto as_many = p.in_order.size() == most->in_order.size();
      if (more || (as_many && p.in_order.front()->at < most->in_order.front()->at))
        most = &p;
    }
    forget(most->in_order.front());
  }
}

void append_keys::trim(const retention& keep, time_point now) {
  while (!empty() && now - oldest() >= keep.key_ttl)
    forget_oldest();
}

void append_keys::forget_oldest() { forget(in_order_.begin()); }

/// The oldest of its publisher.
void append_keys::forget(order::iterator which) {
  const auto publisher = publishers_.find(which->key.publisher);
  publisher->second.in_order.pop_front();
  publisher->second.by_text.erase(which->key.text);
  if (publisher->second.in_order.empty())
    publishers_.erase(publisher);
  bytes_ -= bytes_of(which->key);
  if (forgotten_)
    forgotten_->push_back(which->offset);
  in_order_.erase(which);
}

} // namespace troupe::actors
