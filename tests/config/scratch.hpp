#pragma once
/// A directory of a test's own, gone when the test ends.

#include <filesystem>
#include <stdexcept>
#include <stdlib.h>
#include <string>

namespace troupe::config {

class scratch_directory {
 public:
  scratch_directory() {
    auto pattern = (std::filesystem::temp_directory_path() / "troupe-config-XXXXXX").string();
    if (!::mkdtemp(pattern.data()))
      throw std::runtime_error{"no scratch directory"};
    path_ = pattern;
  }
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;
  ~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// Sets a variable of the process for a test.
class variable {
 public:
  variable(const char* name, const std::string& text) : name_{name} {
    if (const char* old = ::getenv(name)) {
      old_ = old;
      had_ = true;
    }
    ::setenv(name, text.c_str(), 1);
  }
  variable(const variable&) = delete;
  variable& operator=(const variable&) = delete;
  ~variable() { had_ ? ::setenv(name_, old_.c_str(), 1) : ::unsetenv(name_); }

 private:
  const char* name_;
  std::string old_{};
  bool had_ = false;
};

} // namespace troupe::config
