#include "protocol/wire_form.hpp"

#include "protocol/wire_forms/envelope_text.hpp"
#include "protocol/wire_forms/forms.hpp"

#include <array>
#include <cassert>

namespace troupe::protocol {

namespace {

/// In the order of `wire_form_id`.
const auto& forms() noexcept {
#define TROUPE_FORM_ADDRESS(name) &name(),
  static const std::array<const wire_form*, wire_form_count> all{TROUPE_WIRE_FORMS(TROUPE_FORM_ADDRESS)};
#undef TROUPE_FORM_ADDRESS
  return all;
}

} // namespace

const wire_form& get(wire_form_id id) noexcept {
  const auto& form = *forms()[static_cast<std::size_t>(id)];
  assert(form.id() == id);
  return form;
}

std::span<const wire_form* const> wire_forms() noexcept { return forms(); }

std::string to_json(const server_message& m) {
  std::string text;
  append_json_message(text, m);
  return text;
}

} // namespace troupe::protocol
