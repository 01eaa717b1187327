#include "load_client/stamp.hpp"

#include <cstring>

namespace troupe::bench {

namespace {

// "TB:<run>:<publisher>:<sequence>:<time>:xxxx", all in hexadecimal of fixed width.
constexpr std::size_t run_digits = 8, publisher_digits = 2, sequence_digits = 12, time_digits = 16;
constexpr std::size_t stamp_digits = publisher_digits + 1 + sequence_digits + 1 + time_digits;

void write_hex(char* at, std::size_t digits, std::uint64_t value) noexcept {
  for (auto i = digits; i-- > 0; value >>= 4)
    at[i] = "0123456789abcdef"[value & 15];
}

std::uint64_t read_hex(const char* at, std::size_t digits) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < digits; ++i)
    value = value << 4 | static_cast<std::uint64_t>(at[i] <= '9' ? at[i] - '0' : at[i] - 'a' + 10);
  return value;
}

} // namespace

stamper::stamper(std::uint32_t run, std::size_t bytes) : marker_("TB:" + std::string(run_digits, '0') + ":") {
  write_hex(marker_.data() + 3, run_digits, run);
  text_ = '"' + marker_ + std::string(stamp_digits, ':') + ':';
  text_.append(bytes - 1 - text_.size(), 'x') += '"';
}

std::string_view stamper::write(const stamp& what) {
  auto* at = text_.data() + 1 + marker_.size();
  write_hex(at, publisher_digits, what.publisher);
  at += publisher_digits + 1;
  write_hex(at, sequence_digits, what.sequence);
  at += sequence_digits + 1;
  write_hex(at, time_digits, static_cast<std::uint64_t>(what.sent));
  return text_;
}

std::optional<stamper::found> stamper::find(std::string_view text, std::size_t from) const noexcept {
  if (from >= text.size())
    return std::nullopt;
  const auto* marker =
      static_cast<const char*>(memmem(text.data() + from, text.size() - from, marker_.data(), marker_.size()));
  if (marker == nullptr)
    return std::nullopt;
  const auto start = static_cast<std::size_t>(marker - text.data()) + marker_.size();
  if (text.size() - start < stamp_digits)
    return std::nullopt;
  const auto* at = text.data() + start;
  const auto* sequence = at + publisher_digits + 1;
  const auto* time = sequence + sequence_digits + 1;
  return found{.what = {.publisher = read_hex(at, publisher_digits),
                        .sequence = read_hex(sequence, sequence_digits),
                        .sent = static_cast<nanoseconds>(read_hex(time, time_digits))},
               .end = start + stamp_digits};
}

} // namespace troupe::bench
