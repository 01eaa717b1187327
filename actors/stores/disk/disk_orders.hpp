#pragma once

#include "actors/stores/store.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace troupe::actors {

struct disk_channel;

/// What a partition's owner sees without asking: as of the last answer. Thread: the owner's.
struct disk_view {
  std::string epoch;
  offset_t head = 0;
  std::size_t bytes = 0; ///< of history
  std::optional<payload> snapshot;
  offset_t position = 0;
};

/// Who has a channel's partition open, and how answers reach it: those of a round travel together, behind what they make
/// of the view. Thread: `back` any, `answers` the disk's.
struct disk_owner {
  store::post back;
  std::weak_ptr<disk_channel> channel;
  std::shared_ptr<disk_view> view = std::make_shared<disk_view>();
  std::vector<std::function<void()>> answers;
};
using disk_owner_ptr = std::shared_ptr<disk_owner>;

// -- what the disk's thread is asked to do, in this order ---------------------

struct open_order {
  std::string channel;
  retention keep;
  starter by;
  store::post back;
  std::function<void(tl::expected<std::unique_ptr<partition>, failure>)> then;
};

/// From an owner.
struct owned_order {
  std::shared_ptr<disk_channel> channel;
  disk_owner_ptr owner;
};

struct append_order : owned_order {
  publication draft;
  append_key key;
  std::function<void(tl::expected<kept, failure>)> then;
  bool refused = false; ///< the queue was full; answered so in its turn
};
struct snapshot_order : owned_order {
  payload state;
  std::function<void(tl::expected<void, failure>)> then;
  bool refused = false;
};
struct answer_order : owned_order {
  append_key key;
  call_answer what;
  std::function<void(tl::expected<void, failure>)> then;
  bool refused = false;
};
struct position_order : owned_order {
  offset_t at = 0;
};
struct close_order : owned_order {};
struct sweep_order {};

using disk_order =
    std::variant<open_order, append_order, snapshot_order, answer_order, position_order, close_order, sweep_order>;

/// A page. Done after the orders that wait, so that what was answered is there.
struct read_order : owned_order {
  offset_t from = 0; ///< after it; `back`: before it, 0 from the head
  bool back = false;
  std::size_t items_max = 0, bytes_max = 0;
  std::function<void(tl::expected<history_page, failure>)> then;
};

} // namespace troupe::actors
