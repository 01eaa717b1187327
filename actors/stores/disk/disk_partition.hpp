#pragma once

#include "actors/stores/disk/disk_channel.hpp"
#include "actors/stores/disk/disk_core.hpp"

namespace troupe::actors {

/// A channel's part of the disk store while the channel lives: asks the disk's thread, and knows what it last answered.
/// Thread: its channel's. Ends: the channel stays on the disk, without an owner.
class disk_partition final : public partition {
 public:
  disk_partition(disk_core_ptr core, disk_channel_ptr channel, disk_owner_ptr owner, const retention& keep,
                 std::shared_ptr<const disk_keys> keys);
  ~disk_partition() override;
  disk_partition(const disk_partition&) = delete;
  disk_partition& operator=(const disk_partition&) = delete;

  // -- overridden functions of partition --------------------------------------

  [[nodiscard]] const std::string& epoch() const override { return view_->epoch; }
  [[nodiscard]] offset_t head() const override { return view_->head; }
  [[nodiscard]] std::size_t bytes() const override;
  void append(publication draft, append_key key, std::function<void(tl::expected<kept, failure>)> then) override;
  void read(offset_t since, std::size_t items_max, std::size_t bytes_max, page_callback then) override;
  void read_back(offset_t before, std::size_t items_max, std::size_t bytes_max, page_callback then) override;
  [[nodiscard]] std::optional<offset_t> find(const append_key& key) const override;
  void keep_answer(append_key key, call_answer what, std::function<void(tl::expected<void, failure>)> then) override;
  [[nodiscard]] std::optional<call_answer> find_answer(const append_key& key) const override;
  void save_snapshot(payload state, std::function<void(tl::expected<void, failure>)> then) override;
  [[nodiscard]] std::optional<payload> snapshot() const override { return view_->snapshot; }
  void keep_position(offset_t at) override;
  [[nodiscard]] offset_t kept_position() const override { return view_->position; }

 private:
  template <class Order>
  [[nodiscard]] Order order() const;
  void ask(offset_t from, bool back, std::size_t items_max, std::size_t bytes_max, page_callback then);

  const disk_core_ptr core_;
  const disk_channel_ptr channel_;
  const disk_owner_ptr owner_;
  const std::shared_ptr<disk_view> view_;
  const retention keep_;
  const std::shared_ptr<const disk_keys> keys_;
};

} // namespace troupe::actors
