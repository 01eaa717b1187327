#include "actors/node/outlet_hub.hpp"

#include "actors/sessions/actor_line.hpp"

#include <utility>

namespace troupe::actors {

std::shared_ptr<outlet_queue> outlet_hub::make() {
  auto made = std::make_shared<outlet_queue>();
  const std::lock_guard guard{mutex_};
  std::erase_if(all_, [](const auto& one) { return one.expired(); });
  all_.push_back(made);
  if (open_)
    open_one(made, std::make_unique<outlet_line>(made));
  return made;
}

std::shared_ptr<outlet_queue> outlet_hub::make_client(const caf::actor& who, identity as) {
  auto made = std::make_shared<outlet_queue>();
  const std::lock_guard guard{mutex_};
  if (!open_)
    return made;
  clients_.push_back(made);
  std::erase_if(clients_, [](const auto& one) { return one.expired(); });
  open_one(made, std::make_unique<actor_line>(made, who, std::make_shared<const identity>(std::move(as))));
  return made;
}

/// Within the lock.
void outlet_hub::open_one(const std::shared_ptr<outlet_queue>& one, std::unique_ptr<desk_line> line) {
  const auto index = next_++ % desks_.size();
  auto* desk = desks_[index];
  desk->attach(std::move(line));
  one->open(
      most_,
      [desk, wake = wake_, index] {
        desk->note();
        wake(index);
      },
      *events_);
  one->nudge();
}

void outlet_hub::open(desks all, outlet_queue::limits most, std::function<void(std::size_t)> wake, announcer& events) {
  const std::lock_guard guard{mutex_};
  desks_ = std::move(all);
  most_ = most;
  wake_ = std::move(wake);
  events_ = &events;
  open_ = true;
  for (const auto& weak : all_)
    if (const auto one = weak.lock())
      open_one(one, std::make_unique<outlet_line>(one));
}

void outlet_hub::close() {
  const std::lock_guard guard{mutex_};
  open_ = false;
  each([](outlet_queue& one) { one.close(); });
}

/// Within the lock.
void outlet_hub::each(void (*what)(outlet_queue&)) const {
  for (const auto* all : {&all_, &clients_})
    for (const auto& weak : *all)
      if (const auto one = weak.lock())
        what(*one);
}

void outlet_hub::end() {
  desks all;
  {
    const std::lock_guard guard{mutex_};
    each([](outlet_queue& one) { one.end(); });
    all = std::exchange(desks_, {});
    wake_ = nullptr;
    events_ = nullptr;
  }
  for (auto* desk : all)
    desk->end();
}

} // namespace troupe::actors
