#pragma once
/// The forms, one per file beside this one; `wire_form.cpp` lists them.

#include "protocol/wire_form.hpp"

namespace troupe::protocol {

[[nodiscard]] const wire_form& ws_json() noexcept;
[[nodiscard]] const wire_form& ws_msgpack() noexcept;
[[nodiscard]] const wire_form& sse_data() noexcept;
[[nodiscard]] const wire_form& sse_envelope() noexcept;
[[nodiscard]] const wire_form& poll() noexcept;

} // namespace troupe::protocol
