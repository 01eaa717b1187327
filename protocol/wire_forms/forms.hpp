#pragma once
/// The forms, one per file beside this one; `wire_form.hpp` lists them.

#include "protocol/wire_form.hpp"

namespace troupe::protocol {

#define TROUPE_FORM_FUNCTION(name) [[nodiscard]] const wire_form& name() noexcept;
TROUPE_WIRE_FORMS(TROUPE_FORM_FUNCTION)
#undef TROUPE_FORM_FUNCTION

} // namespace troupe::protocol
