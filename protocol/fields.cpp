#include <troupe/fields.hpp>

namespace troupe {

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

nlohmann::json field_format<payload>::write(const payload& value) {
  if (value.encoding() != encoding::bytes)
    return value.value();
  const auto quoted = value.json();
  return std::string(quoted.substr(1, quoted.size() - 2));
}

} // namespace troupe
