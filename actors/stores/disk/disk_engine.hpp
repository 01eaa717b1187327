#pragma once

#include "actors/stores/disk/disk_settings.hpp"

#include <rocksdb/write_batch.h>

#include <tl/expected.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
struct Options;
class Status;
} // namespace rocksdb

namespace troupe::actors {

/// RocksDB as the disk store uses it, and the one place that knows it. Errors are texts for operators.
///
/// Why this engine and these options: docs/decisions/disk-store.md. What a batch writes is there whole or not at all.
/// After a commit that failed it takes no more until it is opened anew.
/// Owner and thread: the disk_worker. Blocks on the disk.
class disk_engine {
 public:
  enum class family : std::uint8_t { about, channels, publications, keys, answers, snapshots };
  static constexpr std::array family_names{"default", "channels", "publications", "keys", "answers", "snapshots"};

  template <class T>
  using result = tl::expected<T, std::string>;
  /// False: enough.
  using visitor = std::function<bool(std::string_view name, std::string_view record)>;

  explicit disk_engine(const disk_settings& how);
  ~disk_engine();
  disk_engine(const disk_engine&) = delete;
  disk_engine& operator=(const disk_engine&) = delete;

  // -- life -------------------------------------------------------------------

  /// Opens the directory, anew if it was open. `salvage`: what is damaged is left out; whether anything was.
  result<bool> open(bool salvage);
  void close();
  [[nodiscard]] bool is_open() const noexcept { return db_ != nullptr; }

  // -- writing ----------------------------------------------------------------

  void put(family where, std::string_view name, std::string_view record);
  void erase(family where, std::string_view name);
  [[nodiscard]] bool has_changes() const;
  [[nodiscard]] std::size_t change_bytes() const;
  /// Writes what was put and erased since; `sync`: it is on the disk then.
  result<void> commit(bool sync);
  void drop_changes();

  // -- reading ----------------------------------------------------------------

  result<std::optional<std::string>> get(family where, std::string_view name);
  /// Records `first` to `last`, beginning with the last one that is not after `at`.
  result<void> read_on(family where, std::string_view first, std::string_view at, std::string_view last,
                       const visitor& visit);
  /// The same backwards from it.
  result<void> read_back(family where, std::string_view first, std::string_view at, const visitor& visit);
  result<void> read_all(family where, const visitor& visit);

  // -- room -------------------------------------------------------------------

  [[nodiscard]] std::uint64_t file_bytes() const;
  /// Has the engine's own threads write out its logs and give back what was erased.
  void tidy();
  /// On the file system; nothing: unknown.
  [[nodiscard]] std::optional<std::uint64_t> free_bytes() const;

 private:
  [[nodiscard]] rocksdb::Options options() const;
  rocksdb::Status open_with(const rocksdb::Options& how);
  rocksdb::Status repair();
  [[nodiscard]] rocksdb::ColumnFamilyHandle* at(family where) const { return families_[static_cast<std::size_t>(where)]; }

  const disk_settings settings_;
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, family_names.size()> families_{};
  rocksdb::WriteBatch changes_;
};

} // namespace troupe::actors
