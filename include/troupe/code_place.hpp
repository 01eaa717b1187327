#pragma once

namespace troupe {

/// A place in a program's own code: where a value was said, for messages and for `config show`. A value.
/// As a default argument, `here()` is where the function was called.
struct code_place {
  const char* file = "";
  int line = 0;

  static constexpr code_place here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) noexcept {
    return {file, line};
  }
};

} // namespace troupe
