#include "disk_files.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

namespace troupe::actors::testing {

struct disk_files::state {
  std::atomic<std::int64_t> budget{endless};
  std::atomic<bool> failed{false};
  std::atomic<std::uint64_t> free{std::uint64_t{1} << 40};
  mutable std::mutex mutex;
  std::map<std::string, std::uint64_t> synced;

  rocksdb::IOStatus spend() {
    if (budget.fetch_sub(1) > 0)
      return rocksdb::IOStatus::OK();
    failed = true;
    return rocksdb::IOStatus::IOError("the disk of the test breaks");
  }
  void sync(const std::string& path, std::uint64_t size) {
    const std::lock_guard guard{mutex};
    synced[path] = size;
  }
};

namespace {

class breaking_file final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  breaking_file(std::unique_ptr<rocksdb::FSWritableFile> inside, std::string path, std::shared_ptr<disk_files::state> how)
      : FSWritableFileOwnerWrapper(std::move(inside)), path_(std::move(path)), how_(std::move(how)) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& o, rocksdb::IODebugContext* d) override {
    auto may = how_->spend();
    return may.ok() ? FSWritableFileOwnerWrapper::Append(data, o, d) : may;
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& o, const rocksdb::DataVerificationInfo& v,
                           rocksdb::IODebugContext* d) override {
    auto may = how_->spend();
    return may.ok() ? FSWritableFileOwnerWrapper::Append(data, o, v, d) : may;
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& o, rocksdb::IODebugContext* d) override { return synced(target()->Sync(o, d), o, d); }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& o, rocksdb::IODebugContext* d) override { return synced(target()->Fsync(o, d), o, d); }
  rocksdb::IOStatus Close(const rocksdb::IOOptions& o, rocksdb::IODebugContext* d) override { return target()->Close(o, d); }

 private:
  rocksdb::IOStatus synced(rocksdb::IOStatus inside, const rocksdb::IOOptions& o, rocksdb::IODebugContext* d) {
    auto may = how_->spend();
    if (!may.ok())
      return may;
    how_->sync(path_, target()->GetFileSize(o, d));
    return inside;
  }

  const std::string path_;
  const std::shared_ptr<disk_files::state> how_;
};

class breaking_system final : public rocksdb::FileSystemWrapper {
 public:
  breaking_system(const std::shared_ptr<rocksdb::FileSystem>& inside, std::shared_ptr<disk_files::state> how)
      : FileSystemWrapper(inside), how_(std::move(how)) {}

  const char* Name() const override { return "breaking files"; }
  rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& o,
                                    std::unique_ptr<rocksdb::FSWritableFile>* made, rocksdb::IODebugContext* d) override {
    std::unique_ptr<rocksdb::FSWritableFile> inside;
    auto became = FileSystemWrapper::NewWritableFile(path, o, &inside, d);
    if (became.ok())
      made->reset(new breaking_file(std::move(inside), path, how_));
    return became;
  }
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& o,
                               rocksdb::IODebugContext* d) override {
    auto became = FileSystemWrapper::RenameFile(from, to, o, d);
    const std::lock_guard guard{how_->mutex};
    how_->synced[to] = how_->synced[from];
    return became;
  }
  rocksdb::IOStatus GetFreeSpace(const std::string&, const rocksdb::IOOptions&, uint64_t* bytes, rocksdb::IODebugContext*) override {
    *bytes = how_->free;
    return rocksdb::IOStatus::OK();
  }

 private:
  const std::shared_ptr<disk_files::state> how_;
};

} // namespace

disk_files::disk_files() : state_(std::make_shared<state>()), memory_(rocksdb::NewMemEnv(rocksdb::Env::Default())) {
  env_ = rocksdb::NewCompositeEnv(std::make_shared<breaking_system>(memory_->GetFileSystem(), state_));
  REQUIRE(env_->CreateDirIfMissing(disk_dir).ok());
}

std::atomic<std::int64_t>& disk_files::budget() {
  state_->failed = false;
  return state_->budget;
}

bool disk_files::has_failed() const { return state_->failed; }

void disk_files::have_free(std::uint64_t bytes) { state_->free = bytes; }

// -- what a crash leaves ------------------------------------------------------

std::string disk_files::read(const std::string& path) const {
  std::string bytes;
  REQUIRE(rocksdb::ReadFileToString(memory_.get(), path, &bytes).ok());
  return bytes;
}

void disk_files::write(const std::string& path, const std::string& bytes) {
  REQUIRE(rocksdb::WriteStringToFile(memory_.get(), bytes, path, true).ok());
  state_->sync(path, bytes.size());
}

std::unique_ptr<disk_files> disk_files::copy(bool synced_only) const {
  auto made = std::make_unique<disk_files>();
  std::vector<std::string> names;
  REQUIRE(memory_->GetChildren(disk_dir, &names).ok());
  for (const auto& name : names) {
    if (name == "LOCK" || name == "." || name == "..")
      continue;
    const auto path = std::string{disk_dir} + "/" + name;
    std::string bytes;
    if (!rocksdb::ReadFileToString(memory_.get(), path, &bytes).ok())
      continue; // removed meanwhile by the engine's own threads
    if (synced_only && name.rfind("LOG", 0) != 0) {
      const std::lock_guard guard{state_->mutex};
      bytes.resize(std::min<std::size_t>(bytes.size(), state_->synced[path]));
    }
    made->write(path, bytes);
  }
  return made;
}

std::string disk_files::last(const std::string& ending) const {
  std::vector<std::string> names;
  REQUIRE(memory_->GetChildren(disk_dir, &names).ok());
  std::sort(names.begin(), names.end());
  const auto found = std::find_if(names.rbegin(), names.rend(), [&](const auto& name) { return name.ends_with(ending); });
  REQUIRE(found != names.rend());
  return std::string{disk_dir} + "/" + *found;
}

void disk_files::flip(const std::string& ending, double where) {
  const auto path = last(ending);
  auto bytes = read(path);
  REQUIRE_FALSE(bytes.empty());
  bytes[static_cast<std::size_t>(where * static_cast<double>(bytes.size() - 1))] ^= 4;
  write(path, bytes);
}

void disk_files::cut(const std::string& ending, std::uint64_t bytes) {
  const auto path = last(ending);
  auto all = read(path);
  REQUIRE(all.size() >= bytes);
  all.resize(all.size() - bytes);
  write(path, all);
}

std::uint64_t disk_files::size(const std::string& ending) const { return read(last(ending)).size(); }

} // namespace troupe::actors::testing
