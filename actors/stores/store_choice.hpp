#pragma once

#include "actors/stores/store.hpp"

namespace troupe::actors {

/// Two stores as one: each channel is kept where `on_disk` says.
/// Owner: the node. Thread: any; `on_disk` is called from any.
class store_choice final : public store {
 public:
  using chooser = std::function<bool(const std::string& channel)>;

  store_choice(std::shared_ptr<store> memory, std::shared_ptr<store> disk, chooser on_disk)
      : memory_(std::move(memory)), disk_(std::move(disk)), on_disk_(std::move(on_disk)) {}

  // -- overridden functions of store ------------------------------------------

  void open(const std::string& channel, const retention& keep, const starter& by, post back,
            std::function<void(tl::expected<std::unique_ptr<partition>, failure>)> then) override {
    (on_disk_(channel) ? disk_ : memory_)->open(channel, keep, by, std::move(back), std::move(then));
  }
  void sweep() override { memory_->sweep(), disk_->sweep(); }
  [[nodiscard]] std::size_t bytes() const override { return memory_->bytes() + disk_->bytes(); }
  [[nodiscard]] disk_use disk() const override { return disk_->disk(); }
  [[nodiscard]] std::optional<std::string> trouble() const override { return disk_->trouble(); }

 private:
  const std::shared_ptr<store> memory_, disk_;
  const chooser on_disk_;
};

} // namespace troupe::actors
