#pragma once
/// Files in memory for the disk store's engine that break when a test says so: writes or syncs fail, the disk is full,
/// the process is killed, the power goes, bits flip.

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace troupe::actors::testing {

class disk_files {
 public:
  disk_files();

  [[nodiscard]] rocksdb::Env* env() const noexcept { return env_.get(); }

  // -- breaking ---------------------------------------------------------------

  /// Of the writes and syncs from now on the one after `good` others fails, and all after it until `mend`.
  void fail_after(std::uint64_t good) { budget() = static_cast<std::int64_t>(good); }
  void mend() { budget() = endless; }
  /// Whether something failed since `fail_after`.
  [[nodiscard]] bool has_failed() const;
  void have_free(std::uint64_t bytes);

  // -- what a crash leaves ----------------------------------------------------

  /// As they are now: the process was killed.
  [[nodiscard]] std::unique_ptr<disk_files> after_kill() const { return copy(false); }
  /// What was synced; of the rest, nothing.
  [[nodiscard]] std::unique_ptr<disk_files> after_power_loss() const { return copy(true); }

  /// Flips a bit of the last file whose name ends so, at this part of it (0 to 1).
  void flip(const std::string& ending, double where);
  /// Takes the last bytes of that file.
  void cut(const std::string& ending, std::uint64_t bytes);
  [[nodiscard]] std::uint64_t size(const std::string& ending) const;

  struct state;

 private:
  static constexpr std::int64_t endless = INT64_MAX / 2;
  [[nodiscard]] std::atomic<std::int64_t>& budget();
  [[nodiscard]] std::unique_ptr<disk_files> copy(bool synced_only) const;
  [[nodiscard]] std::string last(const std::string& ending) const;
  [[nodiscard]] std::string read(const std::string& path) const;
  void write(const std::string& path, const std::string& bytes);

  std::shared_ptr<state> state_;
  std::unique_ptr<rocksdb::Env> memory_, env_;
};

/// The directory that stores in these files have.
inline constexpr const char* disk_dir = "/disk";

} // namespace troupe::actors::testing
