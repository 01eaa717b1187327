#pragma once
/// The demo's configuration: examples are tested with the rights that they have there.

#include <fstream>
#include <iterator>
#include <string>

namespace examples::test {

[[nodiscard]] inline std::string demo_configuration() {
  std::ifstream file{TROUPE_SOURCE_DIR "/examples/demo.toml"};
  return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace examples::test
