// Visits every registered key, so that a new one is tested without being named here.
#include "config/keys.hpp"
#include "config/value_format.hpp"
#include "run.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace troupe::config;

namespace {

/// A value of the key's domain that is not its default.
value another(const domain& allowed, const value& preset) {
  switch (allowed.kind) {
  case value_kind::flag:
    return !std::get<bool>(preset);
  case value_kind::count:
  case value_kind::bytes:
  case value_kind::duration: {
    const auto number = std::get<std::uint64_t>(preset);
    return number < allowed.max ? number + 1 : number - 1;
  }
  case value_kind::choice: {
    const auto first = std::string{allowed.choices.substr(0, allowed.choices.find('|'))};
    const auto last = std::string{allowed.choices.substr(allowed.choices.rfind('|') + 1)};
    return std::get<std::string>(preset) == first ? last : first;
  }
  case value_kind::list:
    return std::vector<std::string>{allowed.rule("https://a.example") ? "a.example" : "https://a.example"};
  case value_kind::text:
    break;
  }
  return std::string{allowed.rule("other") ? "10.0.0.1" : "other"};
}

/// The same without TOML's quotes, as a shell would pass it on.
std::string for_shell(const domain& allowed, const value& v) {
  if (const auto* items = std::get_if<std::vector<std::string>>(&v))
    return items->front();
  return write_plain(allowed, v);
}

bool names(const std::vector<problem>& problems, std::string_view key) {
  for (const auto& p : problems)
    if (p.key == key)
      return true;
  return false;
}

} // namespace

TEST_CASE("every key can be set in a file, in the environment and by a flag") {
  const settings defaults;
  for (const auto& k : keys()) {
    INFO(k.name);
    const auto v = another(k.allowed, k.get(defaults));
    const auto group = group_of(k.name);
    const auto bare = std::string{k.name.substr(group.empty() ? 0 : group.size() + 1)};
    const auto toml = (group.empty() ? "" : "[" + std::string{group} + "]\n") + bare + " = " + write_toml(k.allowed, v);

    loaded by_file, by_variable;
    read_toml(by_file, toml, "t.toml");
    CHECK(k.get(by_file.values) == v);
    CHECK(by_file.origin_of(k.name).where == (group.empty() ? "t.toml:1" : "t.toml:2"));

    const auto variable = environment_name(k.name);
    read_environment(by_variable, {{variable, for_shell(k.allowed, v)}});
    CHECK(k.get(by_variable.values) == v);
    CHECK(by_variable.origin_of(k.name).where == variable);

    const auto by_flag = run({"--" + std::string{k.name}, for_shell(k.allowed, v)}).line.config;
    CHECK(k.get(by_flag.values) == v);
    CHECK(by_flag.origin_of(k.name).where == "--" + std::string{k.name});
  }
}

TEST_CASE("every key refuses a value of a wrong type, by its name") {
  for (const auto& k : keys()) {
    loaded result;
    read_toml(result, std::string{k.name} + " = 1979-05-27", "t.toml");
    INFO(k.name);
    REQUIRE(names(result.problems, k.name));
    CHECK(result.problems.front().at.where == "t.toml:1");
  }
}

TEST_CASE("every number refuses what is just outside its range") {
  for (const auto& k : keys()) {
    if (k.allowed.kind != value_kind::count && k.allowed.kind != value_kind::bytes &&
        k.allowed.kind != value_kind::duration)
      continue;
    INFO(k.name);
    CHECK(read_text(k.allowed, std::to_string(k.allowed.min)));
    CHECK(read_text(k.allowed, std::to_string(k.allowed.max)));
    CHECK_FALSE(read_text(k.allowed, std::to_string(k.allowed.max + 1)));
    if (k.allowed.min > 0)
      CHECK_FALSE(read_text(k.allowed, std::to_string(k.allowed.min - 1)));
    CHECK_FALSE(read_text(k.allowed, "-1"));
  }
}

TEST_CASE("every default is in its domain, every key has a sentence, every group too") {
  const settings defaults;
  for (const auto& k : keys()) {
    INFO(k.name);
    CHECK(checked(k.allowed, k.get(defaults)));
    CHECK(k.doc.ends_with('.'));
    if (!group_of(k.name).empty())
      CHECK_FALSE(group_doc(group_of(k.name)).empty());
  }
  name_space preset;
  preset.pattern = "a";
  for (const auto& k : namespace_keys()) {
    INFO(k.name);
    CHECK(checked(k.allowed, k.get(preset)));
    CHECK(k.doc.ends_with('.'));
  }
}

TEST_CASE("every key of a namespace can be set in a file") {
  name_space preset;
  preset.pattern = "x:*";
  for (const auto& k : namespace_keys()) {
    INFO(k.name);
    const auto v = another(k.allowed, k.get(preset));
    loaded result;
    read_toml(result, "[[namespace]]\n" + std::string{k.name} + " = " + write_toml(k.allowed, v), "t.toml");
    REQUIRE(result.values.namespaces.size() == 1);
    CHECK(k.get(result.values.namespaces[0]) == v);
  }
}

TEST_CASE("no two keys share a name or a variable, and groups stay together") {
  std::set<std::string> variables, closed;
  std::string_view group;
  for (const auto& k : keys()) {
    CHECK(variables.insert(environment_name(k.name)).second);
    if (group_of(k.name) != group) {
      closed.insert(std::string{group});
      group = group_of(k.name);
      CHECK(closed.count(std::string{group}) == 0);
    }
  }
}

TEST_CASE("all that a client can grow has a key, with the default the documentation promises") {
  const std::vector<std::pair<const char*, const char*>> promised = {{"limits.message_bytes", "64KiB"},
                                                                     {"limits.message_depth", "32"},
                                                                     {"limits.channels_per_session", "128"},
                                                                     {"limits.commands_per_connection", "16"},
                                                                     {"limits.channel_commands", "1024"},
                                                                     {"limits.channel_command_bytes", "4MiB"},
                                                                     {"limits.link_batches", "256"},
                                                                     {"limits.link_bytes", "4MiB"},
                                                                     {"limits.session_control_bytes", "256KiB"},
                                                                     {"limits.page_bytes", "128KiB"},
                                                                     {"limits.log_entries", "1024"},
                                                                     {"limits.log_bytes", "1MiB"},
                                                                     {"limits.node_log_bytes", "256MiB"},
                                                                     {"limits.node_pinned_bytes", "256MiB"},
                                                                     {"limits.node_history_bytes", "256MiB"},
                                                                     {"limits.channels", "100000"},
                                                                     {"limits.sessions_detached", "20000"},
                                                                     {"limits.detached_bytes", "256MiB"},
                                                                     {"limits.handshakes", "10000"},
                                                                     {"limits.identity_bytes", "4KiB"},
                                                                     {"session.connect_timeout", "10s"},
                                                                     {"limits.request_timeout", "10s"},
                                                                     {"limits.request_header_bytes", "16KiB"},
                                                                     {"limits.request_body_bytes", "64KiB"},
                                                                     {"limits.keep_alive_timeout", "75s"},
                                                                     {"limits.response_rate", "1KiB"},
                                                                     {"limits.response_window", "10s"},
                                                                     {"limits.closing_timeout", "5s"},
                                                                     {"limits.peer_timeout", "45s"},
                                                                     {"limits.unsent_bytes", "64KiB"},
                                                                     {"limits.transfer_bytes", "128MiB"},
                                                                     {"limits.polls_per_user", "4"},
                                                                     {"limits.polls_per_session", "4"},
                                                                     {"api.observer_link", "15m"},
                                                                     {"limits.outbox_bytes", "64KiB"},
                                                                     {"limits.connections", "0"},
                                                                     {"limits.calls_per_session", "16"},
                                                                     {"limits.timers_per_channel", "1000"},
                                                                     {"limits.sse_channels", "16"},
                                                                     {"limits.except_sessions", "8"},
                                                                     {"limits.only_sessions", "64"},
                                                                     {"limits.groups_per_channel", "256"},
                                                                     {"limits.groups_per_member", "16"},
                                                                     {"limits.members_per_group", "1000"},
                                                                     {"limits.asks_per_channel", "64"},
                                                                     {"limits.members_per_ask", "1000"},
                                                                     {"limits.snapshot_bytes", "1MiB"},
                                                                     {"limits.keys_per_channel", "1024"},
                                                                     {"limits.keys_per_publisher", "256"},
                                                                     {"limits.answer_bytes", "64KiB"},
                                                                     {"limits.answer_bytes_per_channel", "1MiB"},
                                                                     {"limits.presence_bytes", "1KiB"},
                                                                     {"limits.presence_members", "1000"},
                                                                     {"channels.presence_interval", "100ms"},
                                                                     {"channels.key_ttl", "5m"},
                                                                     {"channels.epoch_ttl", "60s"},
                                                                     {"channels.snapshot_ttl", "1h"},
                                                                     {"session.resume_window", "60s"},
                                                                     {"session.poll_lease", "60s"},
                                                                     {"session.poll_hold", "30s"},
                                                                     {"heartbeat.interval", "25s"},
                                                                     {"heartbeat.timeout", "10s"},
                                                                     {"heartbeat.stalled", "20s"},
                                                                     {"heartbeat.sse_comment", "15s"}};
  const settings defaults;
  for (const auto& [name, text] : promised) {
    INFO(name);
    const auto* k = find_key(name);
    REQUIRE(k);
    CHECK(write_plain(k->allowed, k->get(defaults)) == text);
  }
  const name_space ns;
  CHECK(ns.history_size == 100);
  CHECK(ns.history_ttl == 5min);
  CHECK(ns.history_bytes == 1_MiB);
}
