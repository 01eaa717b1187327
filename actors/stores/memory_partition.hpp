#pragma once

#include "actors/stores/kept_channels.hpp"

namespace troupe::actors {

/// A channel's part of the memory store while the channel lives. Thread: its channel's.
/// Ends: what is kept stays with the kept channels, without an owner.
class memory_partition final : public partition {
 public:
  memory_partition(kept_channel& what, std::shared_ptr<kept_channels> home);
  ~memory_partition() override;
  memory_partition(const memory_partition&) = delete;
  memory_partition& operator=(const memory_partition&) = delete;

  // -- overridden functions of partition --------------------------------------

  [[nodiscard]] const std::string& epoch() const override { return what_.history.epoch(); }
  [[nodiscard]] offset_t head() const override { return what_.history.head(); }
  [[nodiscard]] std::size_t bytes() const override;
  void append(publication draft, append_key key, std::function<void(tl::expected<kept, failure>)> then) override;
  void read(offset_t since, std::size_t items_max, std::size_t bytes_max,
            std::function<void(tl::expected<history_page, failure>)> then) override;
  void read_back(offset_t before, std::size_t items_max, std::size_t bytes_max,
                 std::function<void(tl::expected<history_page, failure>)> then) override;
  [[nodiscard]] std::optional<tl::expected<kept, failure>> append_now(publication& draft, append_key& key) override;
  [[nodiscard]] std::optional<offset_t> find(const append_key& key) const override;
  void keep_answer(append_key key, call_answer what, std::function<void(tl::expected<void, failure>)> then) override;
  [[nodiscard]] std::optional<call_answer> find_answer(const append_key& key) const override;
  void save_snapshot(payload state, std::function<void(tl::expected<void, failure>)> then) override;
  [[nodiscard]] std::optional<payload> snapshot() const override { return what_.history.snapshot; }
  void keep_position(offset_t at) override { what_.history.kept_position = at; }
  [[nodiscard]] offset_t kept_position() const override { return what_.history.kept_position; }

 private:
  kept_channel& what_; // its head, epoch, snapshot and position are the owner's alone; what others may cut is guarded
  const std::shared_ptr<kept_channels> home_;
};

} // namespace troupe::actors
