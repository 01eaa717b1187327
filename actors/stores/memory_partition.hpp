#pragma once
/// A channel's part of the memory store while the channel lives. Thread: its channel's.
/// Ends: hands what is kept back to the idle partitions.

#include "actors/stores/idle_partitions.hpp"

namespace troupe::actors {

class memory_partition final : public partition {
 public:
  memory_partition(std::string channel, const retention& keep, std::unique_ptr<memory_history> what,
                   std::shared_ptr<idle_partitions> home);
  ~memory_partition() override;
  memory_partition(const memory_partition&) = delete;
  memory_partition& operator=(const memory_partition&) = delete;

  // -- overridden functions of partition --------------------------------------

  [[nodiscard]] const std::string& epoch() const override { return what_->epoch(); }
  [[nodiscard]] offset_t head() const override { return what_->head(); }
  [[nodiscard]] std::size_t bytes() const override { return what_->bytes(); }
  void append(publication draft, std::string key, std::function<void(tl::expected<kept, failure>)> then) override;
  void read(offset_t since, std::size_t items_max, std::size_t bytes_max,
            std::function<void(tl::expected<history_page, failure>)> then) override;
  void read_back(offset_t before, std::size_t items_max, std::size_t bytes_max,
                 std::function<void(tl::expected<history_page, failure>)> then) override;
  void save_snapshot(payload state) override;
  [[nodiscard]] std::optional<payload> snapshot() const override { return what_->snapshot; }
  void keep_position(offset_t at) override { what_->kept_position = at; }
  [[nodiscard]] offset_t kept_position() const override { return what_->kept_position; }

 private:
  template <class F>
  void counted(F change);
  void trim();
  void make_room();

  const std::string channel_;
  const retention keep_;
  std::unique_ptr<memory_history> what_;
  std::shared_ptr<idle_partitions> home_;
};

} // namespace troupe::actors
