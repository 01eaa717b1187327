#include "actors/channels/reply_bodies.hpp"

#include "protocol/json_text.hpp"
#include "protocol/wire_forms/envelope_text.hpp"

namespace troupe::actors::reply_bodies {

namespace {

using protocol::append_json_string;
using protocol::append_json_unsigned;

void append_key(std::string& out, std::string_view key) {
  out += out.ends_with('{') ? "\"" : ",\"";
  out += key;
  out += "\":";
}

void append_position(std::string& out, std::string_view epoch, std::optional<offset_t> offset) {
  append_key(out, "epoch");
  append_json_string(out, epoch);
  append_key(out, "offset");
  if (offset)
    append_json_unsigned(out, *offset);
  else
    out += "null";
}

void append_more(std::string& out, bool more) {
  append_key(out, "more");
  out += more ? "true}" : "false}";
}

void append_sessions(std::string& out, std::string_view key, const std::vector<session_id>& who) {
  append_key(out, key);
  out += '[';
  for (const auto id : who) {
    if (!out.ends_with('['))
      out += ',';
    append_json_string(out, to_string(id));
  }
  out += ']';
}

/// Into the object that `out` ends with.
void append_addressees(std::string& out, const publication& p) {
  if (!p.only && p.except.empty())
    return;
  out.pop_back();
  if (p.only && !p.only->group.empty()) {
    append_key(out, "group");
    append_json_string(out, p.only->group);
  }
  if (p.only)
    append_sessions(out, "only", p.only->sessions);
  if (!p.except.empty())
    append_sessions(out, "except", p.except);
  out += '}';
}

void append_publications(std::string& out, std::string_view key, std::string_view channel,
                         const std::vector<publication_ptr>& items, bool with_addressees) {
  append_key(out, key);
  out += '[';
  for (const auto& p : items) {
    if (p != items.front())
      out += ',';
    protocol::append_json_broadcast(out, channel, *p);
    if (with_addressees)
      append_addressees(out, *p);
  }
  out += ']';
}

} // namespace

payload kept_at(std::string_view epoch, std::optional<offset_t> offset) {
  std::string out = "{";
  append_position(out, epoch, offset);
  out += '}';
  return payload::json_text(std::move(out));
}

payload history(std::string_view channel, const std::vector<publication_ptr>& items, const position& head,
                std::optional<bool> recovered, bool more, bool with_addressees, const std::optional<overheard::page>& also) {
  std::string out = "{";
  append_publications(out, "publications", channel, items, with_addressees);
  append_position(out, head.epoch, head.offset);
  if (recovered) {
    append_key(out, "recovered");
    out += *recovered ? "true" : "false";
  }
  if (also) {
    append_publications(out, "ephemeral", channel, also->items, with_addressees);
    append_key(out, "overheard");
    append_json_unsigned(out, also->count);
  }
  append_more(out, more);
  return payload::json_text(std::move(out));
}

payload presence(std::span<const protocol::member_info> members, std::size_t count, bool more) {
  std::string out = "{";
  append_key(out, "members");
  out += '[';
  for (const auto& m : members) {
    if (!out.ends_with('['))
      out += ',';
    protocol::append_json_member(out, m);
  }
  out += ']';
  append_key(out, "count");
  append_json_unsigned(out, count);
  append_more(out, more);
  return payload::json_text(std::move(out));
}

} // namespace troupe::actors::reply_bodies
