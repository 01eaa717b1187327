#include "testing/read_configuration.hpp"

#include "config/load.hpp"
#include "config/namespaces.hpp"
#include "protocol/names.hpp"

#include <stdexcept>

namespace troupe::testing {

config::settings read_configuration(std::string_view text) {
  auto read = config::load_text(text, "configuration");
  std::string wrong;
  for (const auto& p : read.problems)
    wrong += (wrong.empty() ? "" : "\n") + to_string(p);
  if (!wrong.empty())
    throw std::invalid_argument(wrong);
  return std::move(read.values);
}

std::pair<config::settings, config::name_space> read_channel_configuration(const std::string& name,
                                                                            std::string_view text) {
  if (auto wrong = protocol::channel_name_error(name))
    throw std::invalid_argument("channel `" + name + "`: " + *wrong);
  auto settings = read_configuration(text);
  config::name_space rules;
  rules.pattern = name;
  if (const auto* found = config::find_namespace(settings.namespaces, name))
    rules = *found;
  return {std::move(settings), std::move(rules)};
}

} // namespace troupe::testing
