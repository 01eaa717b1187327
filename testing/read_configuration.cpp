#include "testing/read_configuration.hpp"

#include "actors/node/node_settings.hpp"
#include "config/coded_namespaces.hpp"
#include "config/load.hpp"
#include "config/namespaces.hpp"
#include "protocol/names.hpp"

#include <stdexcept>

namespace troupe::testing {

void must_be_right(const config::loaded& read) {
  std::string wrong;
  for (const auto& p : read.problems)
    wrong += (wrong.empty() ? "" : "\n") + to_string(p);
  if (!wrong.empty())
    throw settings_error(wrong);
}

config::loaded read_configuration(const node_settings& said) {
  auto read = config::load(actors::sources_of(said));
  must_be_right(read);
  return read;
}

std::pair<config::settings, config::name_space> read_channel_configuration(const std::string& name,
                                                                            const node_settings& said,
                                                                            const channel_options& options) {
  if (auto wrong = protocol::channel_name_error(name))
    throw std::invalid_argument("channel `" + name + "`: " + *wrong);
  auto read = read_configuration(said);
  const auto* fits = config::find_namespace(read.values.namespaces, name);
  config::coded_namespace beside;
  beside.pattern = fits ? fits->pattern : name;
  beside.kind = fits ? fits->kind : config::channel_kind::application;
  beside.said = actors::values_of(options);
  beside.where = "the test";
  config::add_coded(read, {beside});
  must_be_right(read);
  auto rules = *config::find_namespace(read.values.namespaces, name);
  return {std::move(read.values), std::move(rules)};
}

} // namespace troupe::testing
