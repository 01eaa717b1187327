#include "actors/stores/disk/chunk.hpp"

#include <utility>

namespace troupe::actors {

namespace {

// Beside the number of exceptions, of which there are at most 64.
constexpr std::uint8_t not_for_all = 0x80;

void write(packer& out, const audience& who) {
  out.text(who.group).number(static_cast<std::uint32_t>(who.sessions.size()));
  for (const auto id : who.sessions)
    out.number(id.value());
}

std::shared_ptr<const audience> read_audience(unpacker& in) {
  audience who;
  who.group = in.text();
  const auto count = std::size_t{in.number<std::uint32_t>()};
  unpacker ids{in.take(count * sizeof(std::uint64_t))};
  while (!ids.empty())
    who.sessions.emplace_back(ids.number<std::uint64_t>());
  return std::make_shared<const audience>(std::move(who));
}

std::string body_of(const publication& what) {
  packer out;
  out.number(what.timestamp).number(what.from.value()).number(static_cast<std::uint8_t>(what.data.encoding()));
  out.number(static_cast<std::uint8_t>(what.except.size() | (what.only ? not_for_all : 0u)));
  for (const auto id : what.except)
    out.number(id.value());
  if (what.only)
    write(out, *what.only);
  out.text(what.event).rest(what.data.raw());
  return out.take();
}

payload payload_of(std::uint8_t kind, std::string_view raw) {
  switch (static_cast<encoding>(kind)) {
  case encoding::msgpack:
    return payload::msgpack_value(std::string{raw});
  case encoding::bytes:
    return payload::binary(std::string{raw});
  case encoding::json:
    break;
  }
  return payload::json_text(std::string{raw});
}

} // namespace

void chunk_writer::add(const publication& what, std::int64_t at) {
  if (count_++ == 0)
    first_ = what.offset;
  packed_.number(at).number(static_cast<std::uint32_t>(what.size())).text(body_of(what));
}

std::string chunk_writer::take() {
  count_ = 0;
  return packed_.take();
}

std::optional<chunk_entry> chunk_reader::next() {
  if (left_.empty())
    return std::nullopt;
  chunk_entry entry;
  entry.offset = next_++;
  entry.at = left_.number<std::int64_t>();
  entry.weight = left_.number<std::uint32_t>();
  entry.body = left_.text();
  if (!left_.good())
    return std::nullopt;
  return entry;
}

publication_ptr publication_of(const chunk_entry& entry) {
  unpacker in{entry.body};
  publication p;
  p.offset = entry.offset;
  p.timestamp = in.number<std::int64_t>();
  p.from = session_id{in.number<std::uint64_t>()};
  const auto kind = in.number<std::uint8_t>();
  const auto exceptions = in.number<std::uint8_t>();
  p.except.resize(exceptions & ~not_for_all);
  for (auto& id : p.except)
    id = session_id{in.number<std::uint64_t>()};
  if ((exceptions & not_for_all) != 0)
    p.only = read_audience(in);
  p.event = in.text();
  p.data = payload_of(kind, in.rest());
  return in.good() ? std::make_shared<const publication>(std::move(p)) : nullptr;
}

} // namespace troupe::actors
