#include "actors/stores/disk/disk_trimmer.hpp"

#include "actors/stores/disk/chunk.hpp"

#include <algorithm>

namespace troupe::actors {

namespace {

using family = disk_engine::family;

constexpr std::size_t few = 16;                  // publications, or
constexpr std::uint64_t few_bytes = 64 * 1024;   // bytes over the bounds are not worth a read of their own

} // namespace

bool disk_trimmer::is_over(const channel_record& what, const history_bounds& most, std::int64_t now, bool slack) {
  if (what.empty())
    return false;
  const auto size = what.head - what.first + 1;
  if (slack)
    return size - std::min<offset_t>(size, most.size) > std::max(most.size / 4, few) ||
           what.bytes - std::min(what.bytes, most.bytes) > std::max(most.bytes / 4, few_bytes);
  return size > most.size || what.bytes > most.bytes || now - what.oldest_at >= most.ttl;
}

disk_engine::result<void> disk_trimmer::trim(channel_record& what, const history_bounds& most, std::int64_t now) {
  const auto size = what.empty() ? 0 : what.head - what.first + 1;
  const auto first = size > most.size ? what.head - most.size + 1 : what.first;
  bool kept_some = false;
  const auto visit = [&](std::string_view name, std::string_view chunk) {
    chunk_reader in{offset_of(name), chunk};
    while (const auto entry = in.next()) {
      if (entry->offset < what.first)
        continue;
      kept_some = entry->offset > what.head ||
                  (entry->offset >= first && what.bytes <= most.bytes && now - entry->at < most.ttl);
      if (kept_some) {
        what.oldest_at = entry->at;
        return false;
      }
      what.bytes -= std::min<std::uint64_t>(what.bytes, entry->weight);
      what.first = entry->next();
    }
    engine_.erase(family::publications, name);
    return true;
  };
  const auto read = engine_.read_on(family::publications, record_name(what.id, 0), record_name(what.id, 0),
                                    record_name(what.id, last_offset), visit);
  if (!read)
    return read;
  if (!kept_some)
    what.first = what.head + 1;
  if (what.empty())
    what.bytes = 0;
  return {};
}

disk_engine::result<void> disk_trimmer::erase_from(family where, std::uint64_t channel, offset_t begin) {
  return engine_.read_on(where, record_name(channel, begin), record_name(channel, begin), record_name(channel, last_offset),
                         [&](std::string_view name, std::string_view) {
                           engine_.erase(where, name);
                           return true;
                         });
}

disk_engine::result<void> disk_trimmer::erase_all(const channel_record& what) {
  engine_.erase(family::snapshots, record_name(what.id, 0));
  if (auto done = erase_keys_of(what.id); !done)
    return done;
  return erase_from(family::publications, what.id, 0);
}

disk_engine::result<void> disk_trimmer::erase_keys_of(std::uint64_t channel) {
  if (auto done = erase_from(family::keys, channel, 0); !done)
    return done;
  return erase_from(family::answers, channel, 0);
}

disk_engine::result<void> disk_trimmer::erase_keys(channel_record& what) {
  if (auto done = erase_keys_of(what.id); !done)
    return done;
  what.keys_bytes = 0;
  return {};
}

disk_engine::result<void> disk_trimmer::erase_unanswered(const channel_record& what) {
  if (auto done = erase_from(family::keys, what.id, what.head + 1); !done)
    return done;
  if (auto done = erase_from(family::answers, what.id, what.answered + 1); !done)
    return done;
  return erase_from(family::publications, what.id, what.head + 1);
}

} // namespace troupe::actors
