#include "actors/stores/memory_partition.hpp"

#include <utility>

namespace troupe::actors {

memory_partition::memory_partition(kept_channel& what, std::shared_ptr<kept_channels> home)
    : what_(what), home_(std::move(home)) {}

memory_partition::~memory_partition() { home_->give_back(what_); }

void memory_partition::append(publication draft, append_key key,
                              std::function<void(tl::expected<kept, failure>)> then) {
  then(*append_now(draft, key));
}

std::optional<tl::expected<kept, failure>> memory_partition::append_now(publication& draft, append_key& key) {
  kept done;
  home_->with(what_, [&](memory_history& history) {
    done = history.append(std::move(draft), std::move(key), what_.keep, home_->now());
  });
  return done;
}

std::optional<offset_t> memory_partition::find(const append_key& key) const {
  const std::lock_guard alone{what_.guard};
  return what_.history.find(key, what_.keep, home_->now());
}

void memory_partition::keep_answer(append_key key, call_answer what,
                                   std::function<void(tl::expected<void, failure>)> then) {
  home_->with(what_, [&](memory_history& history) {
    history.keep_answer(std::move(key), std::move(what), what_.keep, home_->now());
  });
  then({});
}

std::optional<call_answer> memory_partition::find_answer(const append_key& key) const {
  const std::lock_guard alone{what_.guard};
  return what_.history.find_answer(key, what_.keep, home_->now());
}

void memory_partition::read(offset_t since, std::size_t items_max, std::size_t bytes_max,
                            std::function<void(tl::expected<history_page, failure>)> then) {
  history_page page;
  home_->with(what_, [&](memory_history& history) {
    history.trim(what_.keep, home_->now());
    page = history.after(since, items_max, bytes_max);
  });
  then(std::move(page));
}

void memory_partition::read_back(offset_t before, std::size_t items_max, std::size_t bytes_max,
                                 std::function<void(tl::expected<history_page, failure>)> then) {
  history_page page;
  home_->with(what_, [&](memory_history& history) {
    history.trim(what_.keep, home_->now());
    page = history.before(before, items_max, bytes_max);
  });
  then(std::move(page));
}

void memory_partition::save_snapshot(payload state, std::function<void(tl::expected<void, failure>)> then) {
  home_->with(what_, [&](memory_history& history) { history.snapshot = std::move(state); });
  then({});
}

std::size_t memory_partition::bytes() const {
  const std::lock_guard alone{what_.guard};
  return what_.history.bytes();
}

} // namespace troupe::actors
