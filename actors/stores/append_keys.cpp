#include "actors/stores/append_keys.hpp"

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

constexpr std::string_view too_long = "key: the call was answered, but the answer was too long to be kept";

} // namespace

/// The text in the place of one that is too long costs nothing: it has a bound.
std::size_t append_keys::size_of(const call_answer& what) noexcept {
  if (const auto* data = std::get_if<payload>(&what))
    return data->size();
  const auto& why = std::get<failure>(what).message;
  return why == too_long ? 0 : why.size();
}

/// Texts, the nodes around them, and the answer.
std::size_t append_keys::cost(const append_key& key, std::size_t answer_bytes) noexcept {
  return key.publisher.size() + 2 * (key.text.size() + key.call.size()) + 256 + answer_bytes;
}

// -- looking up ---------------------------------------------------------------

const append_keys::known* append_keys::look_up(const append_key& key, const retention& keep, time_point now) const {
  const auto publisher = publishers_.find(key.publisher);
  if (publisher == publishers_.end())
    return nullptr;
  const auto found = publisher->second.by_name.find({key.call, key.text});
  if (found == publisher->second.by_name.end() || now - found->second->at >= keep.key_ttl)
    return nullptr;
  return &*found->second;
}

std::optional<offset_t> append_keys::find(const append_key& key, const retention& keep, time_point now) const {
  const auto* found = look_up(key, keep, now);
  return found ? std::optional{found->offset} : std::nullopt;
}

std::optional<call_answer> append_keys::find_answer(const append_key& key, const retention& keep, time_point now) const {
  const auto* found = look_up(key, keep, now);
  return found ? found->answer : std::nullopt;
}

// -- adding -------------------------------------------------------------------

void append_keys::add(append_key key, offset_t offset, const retention& keep, time_point now) {
  add({std::move(key), now, offset}, keep);
}

/// The call is not run again for that it was too long.
call_answer append_keys::to_keep(call_answer what, const retention& keep) {
  if (size_of(what) > std::min(keep.answer_bytes, keep.answer_bytes_per_channel))
    return failure{error_code::too_large, std::string{too_long}};
  return what;
}

void append_keys::add_answer(append_key key, call_answer what, const retention& keep, time_point now,
                             std::uint64_t number) {
  what = to_keep(std::move(what), keep);
  const auto bytes = size_of(what);
  make_room_for_answer(bytes, keep);
  add({std::move(key), now, number, std::move(what), bytes}, keep);
}

void append_keys::add(known what, const retention& keep) {
  if (keep.keys == 0)
    return;
  forget(what.key);
  make_room(what.key.publisher, keep);
  bytes_ += bytes_of(what);
  answer_bytes_ += what.answer_bytes;
  in_order_.push_back(std::move(what));
  const auto added = std::prev(in_order_.end());
  auto& publisher = publishers_[added->key.publisher];
  publisher.by_name.emplace(named{added->key.call, added->key.text}, added);
  publisher.in_order.push_back(added);
  publisher.answer_bytes += added->answer_bytes;
}

// -- forgetting ---------------------------------------------------------------

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

/// Keys without answers stay: they cost none of these bytes.
void append_keys::make_room_for_answer(std::size_t bytes, const retention& keep) {
  while (answer_bytes_ > 0 && answer_bytes_ + bytes > keep.answer_bytes_per_channel) {
    const auto most = std::max_element(publishers_.begin(), publishers_.end(), [](const auto& a, const auto& b) {
      return a.second.answer_bytes < b.second.answer_bytes;
    });
    const auto& own = most->second.in_order;
    forget(*std::find_if(own.begin(), own.end(), [](const auto& k) { return k->answer_bytes > 0; }));
  }
}

void append_keys::trim(const retention& keep, time_point now) {
  while (!empty() && now - oldest() >= keep.key_ttl)
    forget_oldest();
}

/// One that is past its time may still be there.
void append_keys::forget(const append_key& key) {
  const auto publisher = publishers_.find(key.publisher);
  if (publisher == publishers_.end())
    return;
  if (const auto found = publisher->second.by_name.find({key.call, key.text}); found != publisher->second.by_name.end())
    forget(found->second);
}

void append_keys::forget_oldest() { forget(in_order_.begin()); }

void append_keys::forget(order::iterator which) {
  const auto publisher = publishers_.find(which->key.publisher);
  auto& own = publisher->second;
  own.in_order.erase(std::find(own.in_order.begin(), own.in_order.end(), which)); // mostly the first
  own.by_name.erase({which->key.call, which->key.text});
  own.answer_bytes -= which->answer_bytes;
  if (own.in_order.empty())
    publishers_.erase(publisher);
  bytes_ -= bytes_of(*which);
  answer_bytes_ -= which->answer_bytes;
  if (forgotten_)
    (which->answer ? forgotten_->answers : forgotten_->appends).push_back(which->offset);
  in_order_.erase(which);
}

} // namespace troupe::actors
