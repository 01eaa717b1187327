#include "actors/stores/disk/chunk.hpp"

#include <utility>

namespace troupe::actors {

namespace {

std::string body_of(const publication& what) {
  packer out;
  out.number(what.timestamp).number(what.from.value());
  out.number(static_cast<std::uint8_t>(what.data.encoding())).number(static_cast<std::uint8_t>(what.except.size()));
  for (const auto id : what.except)
    out.number(id.value());
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
  p.except.resize(in.number<std::uint8_t>());
  for (auto& id : p.except)
    id = session_id{in.number<std::uint64_t>()};
  p.event = in.text();
  p.data = payload_of(kind, in.rest());
  return in.good() ? std::make_shared<const publication>(std::move(p)) : nullptr;
}

} // namespace troupe::actors
