#include <troupe/fields.hpp>

#include <nlohmann/json.hpp>

#include <cmath>

namespace troupe {

using nlohmann::json;

std::string to_string(const field_path& path) {
  if (path.whole)
    return std::string(path.name);
  const bool of_whole = path.around && path.around->whole && !path.name.empty();
  auto text = path.around && !of_whole ? to_string(*path.around) : std::string();
  if (path.name.empty())
    return text + '[' + std::to_string(path.index) + ']';
  if (!text.empty())
    text += '.';
  return text.append(path.name);
}

void throw_payload_error(const field_path* where, std::string_view what) {
  throw payload_error((where ? to_string(*where) + ": " : std::string()).append(what));
}

// -- field_reader -------------------------------------------------------------

bool field_reader::is_null() const noexcept { return value_->is_null(); }
bool field_reader::is_array() const noexcept { return value_->is_array(); }
bool field_reader::is_object() const noexcept { return value_->is_object(); }

const bool* field_reader::boolean() const noexcept { return value_->get_ptr<const json::boolean_t*>(); }
const std::string* field_reader::text() const noexcept { return value_->get_ptr<const json::string_t*>(); }

std::optional<double> field_reader::number() const noexcept {
  return value_->is_number() ? std::optional{value_->get<double>()} : std::nullopt;
}

std::optional<std::uint64_t> field_reader::unsigned_integer() const noexcept {
  const auto* number = value_->get_ptr<const json::number_unsigned_t*>();
  return number ? std::optional{*number} : std::nullopt;
}

std::optional<std::int64_t> field_reader::integer() const noexcept {
  constexpr double exact_max = 9007199254740992.0; // 2^53
  if (value_->is_number_integer() && !value_->is_number_unsigned())
    return value_->get<std::int64_t>();
  if (const auto* number = value_->get_ptr<const json::number_float_t*>())
    if (std::abs(*number) <= exact_max && std::trunc(*number) == *number)
      return static_cast<std::int64_t>(*number);
  return std::nullopt;
}

std::size_t field_reader::size() const noexcept { return value_->size(); }

field_reader field_reader::item(std::size_t index) const noexcept { return field_reader((*value_)[index]); }

std::optional<field_reader> field_reader::find(std::string_view name) const {
  const auto found = value_->find(name);
  return found == value_->end() ? std::nullopt : std::optional{field_reader(*found)};
}

void field_reader::each_member(member_visitor visit, void* to) const {
  for (const auto& [name, member] : value_->get_ref<const json::object_t&>())
    visit(to, name, field_reader(member));
}

// -- field_writer -------------------------------------------------------------

void field_writer::boolean(bool value) const { *value_ = value; }
void field_writer::integer(std::int64_t value) const { *value_ = value; }
void field_writer::unsigned_integer(std::uint64_t value) const { *value_ = value; }
void field_writer::number(double value) const { *value_ = value; }
void field_writer::text(std::string_view value) const { *value_ = value; }

void field_writer::array(std::size_t size) const {
  *value_ = json::array();
  value_->get_ref<json::array_t&>().reserve(size);
}

field_writer field_writer::item() const { return field_writer(value_->emplace_back()); }

void field_writer::object() const { *value_ = json::object(); }

field_writer field_writer::member(std::string_view name) const {
  return field_writer(value_->get_ref<json::object_t&>()[std::string(name)]);
}

// -- payload ------------------------------------------------------------------

payload payload_of(void (*write)(const void* value, field_writer to), const void* value) {
  json tree;
  write(value, field_writer(tree));
  return payload::from(tree);
}

void read_payload(const payload& from, void (*read)(field_reader from, void* into), void* into) {
  const auto tree = from.value();
  read(field_reader(tree), into);
}

void field_format<payload>::write(const payload& value, field_writer to) {
  if (value.encoding() != encoding::bytes) {
    to.tree() = value.value();
    return;
  }
  const auto quoted = value.json();
  to.text(quoted.substr(1, quoted.size() - 2));
}

} // namespace troupe
