#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace troupe::actors {

/// Writes numbers and texts one after the other, little-endian on every machine Debian's RocksDB runs on.
/// A value; thread: its owner's.
class packer {
 public:
  template <class T>
  packer& number(T value) {
    static_assert(std::is_integral_v<T> && std::endian::native == std::endian::little);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  packer& text(std::string_view what) {
    number(static_cast<std::uint32_t>(what.size()));
    return rest(what);
  }
  packer& rest(std::string_view what) {
    bytes_ += what;
    return *this;
  }

  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] std::string take() { return std::exchange(bytes_, {}); }

 private:
  std::string bytes_;
};

/// Reads what a packer wrote; `good()` says whether all that was asked for was there.
class unpacker {
 public:
  explicit unpacker(std::string_view bytes) : left_(bytes) {}

  template <class T>
  T number() {
    T value{};
    if (const auto from = take(sizeof value); from.size() == sizeof value)
      std::memcpy(&value, from.data(), sizeof value);
    return value;
  }
  std::string_view text() { return take(number<std::uint32_t>()); }
  std::string_view take(std::size_t count) {
    if (count > left_.size()) {
      good_ = false;
      left_ = {};
      return {};
    }
    const auto taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
  }
  std::string_view rest() { return take(left_.size()); }

  [[nodiscard]] bool good() const noexcept { return good_; }
  [[nodiscard]] bool empty() const noexcept { return left_.empty(); }

 private:
  std::string_view left_;
  bool good_ = true;
};

} // namespace troupe::actors
