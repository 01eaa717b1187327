// What must hold between keys. One line per rule, with the reason an operator reads.

#include "config/cores.hpp"
#include "config/keys.hpp"
#include "config/load.hpp"
#include "config/value_format.hpp"

#include <string>

namespace troupe::config {

namespace {

/// Of a limit of the whole node each shard may have its part only.
enum class counted_by : std::uint8_t { node, shard };

/// `large`, or each shard's part of it, must be at least `small`, because of `why`.
struct at_least {
  std::string_view large, small, why;
  counted_by of = counted_by::node;
};

// clang-format off
constexpr at_least rules[] = {
  {"limits.page_bytes", "limits.message_bytes", "a page of history must hold one message of the largest size"},
  {"limits.log_bytes", "limits.page_bytes", "a log must hold one page, or clients that catch up page by page never reach it"},
  {"limits.node_log_bytes", "limits.log_bytes", "a shard must have room for one full log", counted_by::shard},
  {"limits.node_pinned_bytes", "limits.outbox_bytes", "one slow client alone must not be over the limit", counted_by::shard},
  {"limits.session_control_bytes", "limits.page_bytes", "one answer to `history` must fit, or asking for it would close the connection"},
  {"limits.request_body_bytes", "limits.message_bytes", "a message of the largest size must fit into the body of POST /send"},
  {"limits.transfer_bytes", "limits.request_body_bytes", "one request of the largest size must be able to arrive", counted_by::shard},
  {"limits.channel_command_bytes", "limits.message_bytes", "a message of the largest size must be able to wait for its channel"},
  {"limits.link_bytes", "limits.page_bytes", "one page must be able to travel from a channel to a shard"},
  {"limits.channel_commands", "limits.commands_per_connection", "one connection alone must not fill a channel's queue"},
  {"limits.channels_per_session", "limits.sse_channels", "an event stream is one session, and all its channels count"},
  {"disk.queue_bytes", "limits.snapshot_bytes", "a snapshot of the largest size must be able to wait for the disk"},
  {"disk.queue_bytes", "limits.message_bytes", "a message of the largest size must be able to wait for the disk"},
  {"heartbeat.interval", "heartbeat.timeout", "the verdict about a ping must come before the next ping leaves"},
  {"session.poll_lease", "session.poll_hold", "a poll session must not run out while its poll is held"},
  {"limits.keep_alive_timeout", "limits.request_timeout", "a connection must not be called idle while a request may still arrive on it"},
  {"drain.deadline", "drain.retry_after", "clients are told to return to a service that is back by then"},
};
// clang-format on

std::string shown(const key& k, const settings& s) {
  return std::string{k.name} + " (" + write_plain(k.allowed, k.get(s)) + ")";
}

/// The place an operator can change: where the first of two keys that was set at all was set, flags first.
origin to_blame(const loaded& what, std::string_view a, std::string_view b) {
  const auto first = what.origin_of(a), second = what.origin_of(b);
  return second.from > first.from ? second : first;
}

void check_rules(loaded& what) {
  const auto shards = shards_of(what.values);
  for (const auto& rule : rules) {
    const auto &large = *find_key(rule.large), &small = *find_key(rule.small);
    const auto parts = rule.of == counted_by::shard ? shards : 1;
    if (std::get<std::uint64_t>(large.get(what.values)) / parts >= std::get<std::uint64_t>(small.get(what.values)))
      continue;
    const auto each = parts > 1 ? " for each of " + std::to_string(parts) + " shards" : std::string{};
    what.problems.push_back({to_blame(what, rule.large, rule.small), std::string{rule.large},
                             "must be at least " + shown(small, what.values) + each + ", but is " +
                                 write_plain(large.allowed, large.get(what.values)) + ": " + std::string{rule.why}});
  }
}

void check_drain(loaded& what) {
  const auto& s = what.values;
  const auto told = s.drain.pace * static_cast<std::size_t>(s.drain.deadline.count()) / 1000;
  if (s.drain.pace != 0 && s.limits.connections > told)
    what.problems.push_back({to_blame(what, "drain.pace", "limits.connections"), "drain.pace",
                             "tells " + std::to_string(told) + " clients within drain.deadline (" +
                                 write_plain(find_key("drain.deadline")->allowed, to_value(s.drain.deadline)) +
                                 "), but limits.connections allows " + std::to_string(s.limits.connections)});
}

void check_api(loaded& what) {
  const auto key_from = what.origin_of("api.key");
  if (key_from.from == source::file && !what.values.api.key.empty() && !what.values.api.key_file.empty())
    what.problems.push_back({key_from, "api.key", "contradicts api.key_file: say the key in one of them"});
}

// -- namespaces ---------------------------------------------------------------

class namespace_check {
 public:
  namespace_check(loaded& what, std::size_t index) : what_{what}, index_{index} {}

  void run() {
    check_twice();
    const auto& ns = what_.values.namespaces[index_];
    const auto& limits = what_.values.limits;
    const bool in_memory = ns.history_store == history_place::memory; // the disk's is read page by page
    if (in_memory && ns.history_size > limits.log_entries)
      too_large("history_size", "limits.log_entries",
                "a log must hold what memory keeps of a channel, or a new subscriber could not be served from it");
    if (in_memory && ns.history_size > 0 && ns.history_bytes > limits.log_bytes)
      too_large("history_bytes", "limits.log_bytes",
                "a log must hold what memory keeps of a channel, or a new subscriber could not be served from it");
    if (in_memory && ns.history_size > 0 && ns.history_bytes > limits.node_history_bytes)
      too_large("history_bytes", "limits.node_history_bytes", "the node must have room for at least one full history");
    if (!in_memory && ns.history_bytes > what_.values.disk.bytes / 4)
      too_large("history_bytes", "disk.bytes", "half of that is for what is kept, and one full history must not be all of it");
    if (ns.history_size > 0 && ns.history_bytes < limits.message_bytes)
      refuse("history_bytes",
             "is " + shown_bytes(ns.history_bytes) + ", less than " +
                 shown(*find_key("limits.message_bytes"), what_.values) +
                 ": a history must hold one message of the largest size, or nothing (history_size = 0)");
  }

 private:
  void check_twice() {
    const auto& all = what_.values.namespaces;
    for (std::size_t other = 0; other < index_; ++other) {
      if (all[other].pattern != all[index_].pattern || all[other].pattern.empty())
        continue;
      refuse("pattern", "`" + all[index_].pattern + "` was given before, at " + where_set(other, "pattern").where);
    }
  }

  static std::string shown_bytes(std::size_t bytes) {
    return write_plain(find_namespace_key("history_bytes")->allowed, std::uint64_t{bytes});
  }

  void too_large(std::string_view name, std::string_view limit, const std::string& why) {
    const auto& k = *find_namespace_key(name);
    refuse(name, "is " + write_plain(k.allowed, k.get(what_.values.namespaces[index_])) + ", more than " +
                     shown(*find_key(limit), what_.values) + ": " + why);
  }

  void refuse(std::string_view name, std::string text) {
    what_.problems.push_back({where_set(index_, name), "namespace." + std::string{name}, std::move(text)});
  }

  /// The line of the key, or of the namespace if it has its default.
  origin where_set(std::size_t index, std::string_view name) const {
    if (index >= what_.namespace_origins.size())
      return {};
    const auto& origins = what_.namespace_origins[index];
    const auto found = origins.find(name), whole = origins.find("");
    return found != origins.end() ? found->second : whole != origins.end() ? whole->second : origin{};
  }

  loaded& what_;
  std::size_t index_;
};

} // namespace

void check_together(loaded& what) {
  check_rules(what);
  check_drain(what);
  check_api(what);
  check_namespaces(what);
}

void check_namespaces(loaded& what) {
  for (std::size_t i = 0; i < what.values.namespaces.size(); ++i)
    namespace_check{what, i}.run();
}

} // namespace troupe::config
