#pragma once
/// What stands between a client and a node: passes connections on, or does to those that ask for a path what the test
/// says.
///
/// Owner: the test; it outlives its clients. Thread: any; one of its own moves the bytes.

#include <cstdint>
#include <memory>
#include <string>

namespace troupe::server::test {

class path_proxy {
 public:
  enum class rule : std::uint8_t {
    pass,
    refuse, ///< 502
    silent, ///< taken, never answered
    reset,
  };

  explicit path_proxy(std::uint16_t to);
  ~path_proxy();

  [[nodiscard]] std::string url() const;

  /// From now on, for what asks for this path.
  void set(const std::string& path, rule what);

  /// Everything that is open breaks; what is opened from now on gets through, as the rules say.
  void snap();

  /// How often a path was asked for.
  [[nodiscard]] std::size_t asked(const std::string& path) const;

 private:
  class inside;
  std::unique_ptr<inside> inside_;
};

} // namespace troupe::server::test
