#include "actors/stores/disk/disk_engine.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/experimental.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

namespace troupe::actors {

namespace {

constexpr std::size_t memtable_bytes = 8 << 20;  // of each family that is written to, if a 32nd of all files is as much
constexpr std::size_t memtable_bytes_min = 256 << 10;
constexpr std::size_t logs_to_memtable = 4;      // past so much of all logs memtables are written out
constexpr std::size_t cache_bytes = 16 << 20;
constexpr int open_files_max = 256;
// Where half of a window of entries are deletions, the file is compacted: what is dropped leaves the disk.
constexpr std::size_t deletions_window = 1024, deletions_trigger = 512;

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view view(const rocksdb::Slice& s) { return {s.data(), s.size()}; }

tl::unexpected<std::string> failed(const rocksdb::Status& why) { return tl::unexpected(why.ToString()); }

std::vector<rocksdb::ColumnFamilyDescriptor> all_families(const rocksdb::Options& how) {
  std::vector<rocksdb::ColumnFamilyDescriptor> all;
  for (const auto* name : disk_engine::family_names)
    all.emplace_back(name, rocksdb::ColumnFamilyOptions{how});
  return all;
}

bool is_log(const std::string& file) { return file.ends_with(".log"); }

} // namespace

disk_engine::disk_engine(const disk_settings& how) : settings_(how) {}

disk_engine::~disk_engine() { close(); }

// -- life ---------------------------------------------------------------------

/// A log that ends in the middle of a record is one that was being written when the process or the machine died: nobody
/// was told of that record. Anything else that is wrong with it is damage, and opening says so.
rocksdb::Options disk_engine::options() const {
  rocksdb::Options o;
  o.env = settings_.env ? settings_.env : rocksdb::Env::Default();
  o.create_if_missing = true;
  o.create_missing_column_families = true;
  o.paranoid_checks = true;
  o.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  o.track_and_verify_wals_in_manifest = true;
  o.avoid_flush_during_recovery = true;
  o.write_buffer_size = std::clamp(settings_.bytes / 32, memtable_bytes_min, memtable_bytes);
  o.max_total_wal_size = logs_to_memtable * o.write_buffer_size;
  o.max_background_jobs = 2;
  o.max_open_files = open_files_max;
  o.keep_log_file_num = 2;
  o.max_log_file_size = 1 << 20;
  o.stats_dump_period_sec = 0;
  o.target_file_size_base = 2 * o.write_buffer_size;
  o.max_bytes_for_level_base = 8 * o.write_buffer_size;
  o.compression = rocksdb::kLZ4Compression;
  o.table_properties_collector_factories.push_back(
      rocksdb::NewCompactOnDeletionCollectorFactory(deletions_window, deletions_trigger));
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(cache_bytes);
  table.cache_index_and_filter_blocks = true;
  o.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return o;
}

rocksdb::Status disk_engine::open_with(const rocksdb::Options& how) {
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  const auto status = rocksdb::DB::Open(how, settings_.dir, all_families(how), &handles, &opened);
  if (!status.ok())
    return status;
  db_.reset(opened);
  std::copy(handles.begin(), handles.end(), families_.begin());
  return status;
}

disk_engine::result<bool> disk_engine::open(bool salvage) {
  close();
  auto how = options();
  if (!settings_.env) {
    std::error_code wrong;
    const auto made = std::filesystem::create_directories(settings_.dir, wrong);
    if (made) // what is said in channels is nobody else's to read
      std::filesystem::permissions(settings_.dir, std::filesystem::perms::owner_all, wrong);
    if (wrong)
      return tl::unexpected(settings_.dir + ": " + wrong.message());
  }
  auto status = open_with(how);
  if (status.ok())
    return false;
  if (!salvage || !status.IsCorruption())
    return failed(status);
  how.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  how.track_and_verify_wals_in_manifest = false;
  status = open_with(how);
  if (!status.ok() && status.IsCorruption())
    status = repair();
  if (!status.ok())
    return failed(status);
  return true;
}

rocksdb::Status disk_engine::repair() {
  auto how = options();
  how.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  const auto repaired = rocksdb::RepairDB(settings_.dir, how, all_families(how), how);
  return repaired.ok() ? open_with(how) : repaired;
}

void disk_engine::close() {
  changes_.Clear();
  if (!db_)
    return;
  for (auto*& f : families_)
    db_->DestroyColumnFamilyHandle(std::exchange(f, nullptr));
  (void)db_->Close(); // what it could not write was acknowledged by nobody
  db_.reset();
}

// -- writing ------------------------------------------------------------------

void disk_engine::put(family where, std::string_view name, std::string_view record) {
  if (db_)
    changes_.Put(at(where), slice(name), slice(record));
}

void disk_engine::erase(family where, std::string_view name) {
  if (db_)
    changes_.Delete(at(where), slice(name));
}

bool disk_engine::has_changes() const { return changes_.Count() != 0; }

std::size_t disk_engine::change_bytes() const { return changes_.GetDataSize(); }

void disk_engine::drop_changes() { changes_.Clear(); }

disk_engine::result<void> disk_engine::commit(bool sync) {
  if (!db_)
    return tl::unexpected(std::string{"the store is not open"});
  rocksdb::WriteOptions how;
  how.sync = sync;
  const auto status = db_->Write(how, &changes_);
  changes_.Clear();
  if (!status.ok())
    return failed(status);
  return {};
}

// -- reading ------------------------------------------------------------------

disk_engine::result<std::optional<std::string>> disk_engine::get(family where, std::string_view name) {
  if (!db_)
    return tl::unexpected(std::string{"the store is not open"});
  std::string found;
  const auto status = db_->Get({}, at(where), slice(name), &found);
  if (status.IsNotFound())
    return std::optional<std::string>{};
  if (!status.ok())
    return failed(status);
  return std::optional{std::move(found)};
}

disk_engine::result<void> disk_engine::read_on(family where, std::string_view first, std::string_view from,
                                               std::string_view last, const visitor& visit) {
  if (!db_)
    return tl::unexpected(std::string{"the store is not open"});
  const auto low = slice(first), high = slice(last);
  rocksdb::ReadOptions how;
  how.iterate_lower_bound = &low;
  how.iterate_upper_bound = &high;
  const std::unique_ptr<rocksdb::Iterator> here{db_->NewIterator(how, at(where))};
  here->SeekForPrev(slice(from));
  if (!here->Valid() && here->status().ok())
    here->SeekToFirst();
  while (here->Valid() && visit(view(here->key()), view(here->value())))
    here->Next();
  if (!here->status().ok())
    return failed(here->status());
  return {};
}

disk_engine::result<void> disk_engine::read_back(family where, std::string_view first, std::string_view from,
                                                 const visitor& visit) {
  if (!db_)
    return tl::unexpected(std::string{"the store is not open"});
  const auto low = slice(first);
  rocksdb::ReadOptions how;
  how.iterate_lower_bound = &low;
  const std::unique_ptr<rocksdb::Iterator> here{db_->NewIterator(how, at(where))};
  for (here->SeekForPrev(slice(from)); here->Valid() && visit(view(here->key()), view(here->value())); here->Prev()) {
  }
  if (!here->status().ok())
    return failed(here->status());
  return {};
}

disk_engine::result<void> disk_engine::read_all(family where, const visitor& visit) {
  if (!db_)
    return tl::unexpected(std::string{"the store is not open"});
  const std::unique_ptr<rocksdb::Iterator> here{db_->NewIterator({}, at(where))};
  for (here->SeekToFirst(); here->Valid() && visit(view(here->key()), view(here->value())); here->Next()) {
  }
  if (!here->status().ok())
    return failed(here->status());
  return {};
}

// -- room ---------------------------------------------------------------------

std::uint64_t disk_engine::file_bytes() const {
  std::uint64_t all = 0;
  if (!db_ || !db_->GetAggregatedIntProperty(rocksdb::DB::Properties::kTotalSstFilesSize, &all))
    return 0;
  std::vector<std::string> files;
  auto* env = db_->GetEnv();
  if (!env->GetChildren(settings_.dir, &files).ok())
    return all;
  for (const auto& file : files)
    if (std::uint64_t size = 0; is_log(file) && env->GetFileSize(settings_.dir + "/" + file, &size).ok())
      all += size;
  return all;
}

/// Whether it did is seen in the files' sizes.
void disk_engine::tidy() {
  if (!db_)
    return;
  rocksdb::FlushOptions how;
  how.wait = false;
  (void)db_->Flush(how, {families_.begin(), families_.end()});
  for (auto* f : families_)
    (void)rocksdb::experimental::SuggestCompactRange(db_.get(), f, nullptr, nullptr);
}

std::optional<std::uint64_t> disk_engine::free_bytes() const {
  auto* env = settings_.env ? settings_.env : rocksdb::Env::Default();
  std::uint64_t bytes = 0;
  if (!env->GetFreeSpace(settings_.dir, &bytes).ok())
    return std::nullopt;
  return bytes;
}

} // namespace troupe::actors
