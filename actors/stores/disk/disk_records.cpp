#include "actors/stores/disk/disk_records.hpp"

#include "actors/stores/disk/packing.hpp"

namespace troupe::actors {

namespace {

constexpr std::uint8_t record_version = 1;

/// How an answer's record goes on.
enum class answer_kind : std::uint8_t { reply, refusal };

void append_big_endian(std::string& to, std::uint64_t n) {
  for (int shift = 56; shift >= 0; shift -= 8)
    to += static_cast<char>(n >> shift);
}

} // namespace

// -- channels -----------------------------------------------------------------

std::string pack(const channel_record& r) {
  packer out;
  out.number(record_version).number(r.id).text(r.epoch).number(r.head).number(r.first).number(r.bytes);
  out.number(r.oldest_at).number(r.ttl).number(r.keys_bytes).number(r.keys_until).number(r.answered);
  out.number(r.snapshot_bytes).number(r.position).number(r.used_at).number(r.by.address).number(r.by.session);
  return out.take();
}

std::optional<channel_record> channel_of(std::string_view packed) {
  unpacker in{packed};
  if (in.number<std::uint8_t>() != record_version)
    return std::nullopt;
  channel_record r;
  r.id = in.number<std::uint64_t>();
  r.epoch = in.text();
  r.head = in.number<std::uint64_t>();
  r.first = in.number<std::uint64_t>();
  r.bytes = in.number<std::uint64_t>();
  r.oldest_at = in.number<std::int64_t>();
  r.ttl = in.number<std::int64_t>();
  r.keys_bytes = in.number<std::uint64_t>();
  r.keys_until = in.number<std::int64_t>();
  r.answered = in.number<std::uint64_t>();
  r.snapshot_bytes = in.number<std::uint64_t>();
  r.position = in.number<std::uint64_t>();
  r.used_at = in.number<std::int64_t>();
  r.by.address = in.number<std::uint64_t>();
  r.by.session = in.number<std::uint64_t>();
  if (!in.good() || !in.empty())
    return std::nullopt;
  return r;
}

// -- keys ---------------------------------------------------------------------

std::string pack(const key_record& r) { return packer{}.number(r.at).text(r.key.publisher).rest(r.key.text).take(); }

std::optional<key_record> key_of(std::string_view packed) {
  unpacker in{packed};
  key_record r;
  r.at = in.number<std::int64_t>();
  r.key.publisher = in.text();
  r.key.text = in.rest();
  if (!in.good())
    return std::nullopt;
  return r;
}

// -- answers to calls ---------------------------------------------------------

std::string pack(const answer_record& r) {
  packer out;
  out.number(r.at).text(r.key.publisher).text(r.key.text).text(r.key.call);
  if (const auto* data = std::get_if<payload>(&r.what))
    return out.number(static_cast<std::uint8_t>(answer_kind::reply)).rest(pack(*data)).take();
  const auto& why = std::get<failure>(r.what);
  out.number(static_cast<std::uint8_t>(answer_kind::refusal)).number(static_cast<std::uint8_t>(why.code));
  return out.number(static_cast<std::int64_t>(why.retry_after.count())).rest(why.message).take();
}

std::optional<answer_record> answer_of(std::string_view packed) {
  unpacker in{packed};
  answer_record r;
  r.at = in.number<std::int64_t>();
  r.key.publisher = in.text();
  r.key.text = in.text();
  r.key.call = in.text();
  if (static_cast<answer_kind>(in.number<std::uint8_t>()) == answer_kind::reply) {
    auto data = state_of(in.rest());
    if (!data)
      return std::nullopt;
    r.what = *std::move(data);
  } else {
    failure why;
    why.code = static_cast<error_code>(in.number<std::uint8_t>());
    why.retry_after = std::chrono::milliseconds{in.number<std::int64_t>()};
    why.message = in.rest();
    r.what = std::move(why);
  }
  if (!in.good())
    return std::nullopt;
  return r;
}

// -- snapshots ----------------------------------------------------------------

std::string pack(const payload& state) {
  return packer{}.number(static_cast<std::uint8_t>(state.encoding())).rest(state.raw()).take();
}

std::optional<payload> state_of(std::string_view packed) {
  unpacker in{packed};
  const auto kind = static_cast<encoding>(in.number<std::uint8_t>());
  if (!in.good())
    return std::nullopt;
  std::string raw{in.rest()};
  switch (kind) {
  case encoding::json:
    return payload::json_text(std::move(raw));
  case encoding::msgpack:
    return payload::msgpack_value(std::move(raw));
  case encoding::bytes:
    return payload::binary(std::move(raw));
  }
  return std::nullopt;
}

// -- names of records ---------------------------------------------------------

std::string record_name(std::uint64_t channel, offset_t offset) {
  std::string name;
  name.reserve(16);
  append_big_endian(name, channel);
  append_big_endian(name, offset);
  return name;
}

offset_t offset_of(std::string_view name) noexcept {
  offset_t offset = 0;
  for (const char c : name.substr(name.size() < 8 ? name.size() : name.size() - 8))
    offset = offset << 8 | static_cast<unsigned char>(c);
  return offset;
}

// -- time ---------------------------------------------------------------------

std::int64_t to_ms(std::chrono::system_clock::time_point at) noexcept {
  return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

std::chrono::system_clock::time_point from_ms(std::int64_t at) noexcept {
  return std::chrono::system_clock::time_point{std::chrono::milliseconds{at}};
}

} // namespace troupe::actors
