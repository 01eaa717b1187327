#pragma once
/// The real program, serving the demo on a free port, with a state directory of its own.

#include "tests/config/scratch.hpp"
#include "tests/server/process.hpp"
#include "tests/transports/client.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::server::test {

using json = nlohmann::json;
using transports::test::answer;
using transports::test::client;

/// The troupe program, and one with channels and mounts that misbehave (program/).
[[nodiscard]] std::string troupe_program();
[[nodiscard]] std::string odd_program();

[[nodiscard]] std::string demo_file(); ///< examples/demo.toml

/// The programs are built with AddressSanitizer, as the tests are.
#ifdef __SANITIZE_ADDRESS__
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

class running_node {
 public:
  explicit running_node(std::vector<std::string> flags = {}, const std::string& program = troupe_program(),
                        std::vector<std::string> environment = {}, std::optional<int> err = {});
  ~running_node();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::string at() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] process& program() noexcept { return process_; }
  [[nodiscard]] std::string state_variable() const { return "XDG_STATE_HOME=" + state_.string(); }
  [[nodiscard]] std::string key() const; ///< of the key file it made
  [[nodiscard]] std::string key_header() const { return "Authorization: Bearer " + key() + "\r\n"; }

  /// SIGTERM, and what it ends with.
  int stop();

  // -- one request on a connection of its own ---------------------------------

  answer get(std::string_view target, std::string_view more_headers = {}) const;
  answer post(std::string_view target, std::string_view body, std::string_view more_headers = {}) const;
  answer post_json(std::string_view target, const json& body, std::string_view more_headers = {}) const;

  // -- knowing ----------------------------------------------------------------

  [[nodiscard]] json metrics() const;
  [[nodiscard]] std::uint64_t metric(const char* name) const { return metrics().at(name); }
  [[nodiscard]] json api(std::string_view target) const; ///< with the key
  [[nodiscard]] std::uint64_t members(std::string_view channel) const;
  [[nodiscard]] std::size_t resident_bytes() const; ///< of the process, from /proc

  /// Through the API; returns the offset.
  std::uint64_t publish(std::string_view channel, const json& data, std::string_view event = {}) const;

 private:
  config::scratch_directory scratch_;
  std::filesystem::path state_;
  process process_;
  std::uint16_t port_ = 0;
};

} // namespace troupe::server::test
