#include "transports/chunked_body.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::transports {

namespace {

constexpr std::size_t line_bytes_max = 1024;
constexpr std::size_t trailer_bytes_max = 8192;

constexpr http_refusal bad_chunk{400, "bad_chunk", "the chunked body is malformed"};
constexpr http_refusal body_too_large{413, "too_large", "the request body is too large"};

/// 1*HEXDIG, perhaps followed by an extension.
bool parse_size(std::string_view line, std::uint64_t& size) {
  const char* end = line.data() + line.size();
  const auto [at, error] = std::from_chars(line.data(), end, size, 16);
  if (error != std::errc() || at == line.data())
    return false;
  return at == end || *at == ';' || *at == ' ' || *at == '\t';
}

bool has_control(std::string_view line) {
  return std::any_of(line.begin(), line.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
  });
}

} // namespace

chunked_body::state chunked_body::feed(std::string_view& in, std::string& out, std::size_t bytes_max) {
  while (!in.empty()) {
    if (part_ == part::data) {
      const std::size_t n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, in.size()));
      out.append(in.substr(0, n));
      in.remove_prefix(n);
      left_ -= n;
      if (left_ == 0)
        part_ = part::data_end;
      continue;
    }
    if (!take_line(in)) {
      if (line_.size() > line_bytes_max)
        return refuse(bad_chunk);
      continue;
    }
    if (const state s = on_line(out.size(), bytes_max); s != state::more)
      return s;
    line_.clear();
  }
  return state::more;
}

/// Moves bytes to `line_` up to a line feed; true if the line is whole.
bool chunked_body::take_line(std::string_view& in) {
  const std::size_t room = line_bytes_max + 1 - std::min(line_.size(), line_bytes_max);
  const std::size_t feed = in.substr(0, room).find('\n');
  const std::size_t n = feed == std::string_view::npos ? std::min(room, in.size()) : feed + 1;
  line_.append(in.substr(0, n));
  in.remove_prefix(n);
  return feed != std::string_view::npos;
}

chunked_body::state chunked_body::on_line(std::size_t body_bytes, std::size_t bytes_max) {
  std::string_view line = line_;
  if (!line.ends_with("\r\n"))
    return refuse(bad_chunk);
  line.remove_suffix(2);
  if (has_control(line))
    return refuse(bad_chunk);
  switch (part_) {
    case part::data_end:
      if (!line.empty())
        return refuse(bad_chunk);
      part_ = part::size_line;
      return state::more;
    case part::size_line:
      if (!parse_size(line, left_))
        return refuse(bad_chunk);
      if (left_ > bytes_max - std::min(body_bytes, bytes_max))
        return refuse(body_too_large);
      part_ = left_ == 0 ? part::trailer : part::data;
      return state::more;
    default:
      trailer_bytes_ += line_.size();
      if (trailer_bytes_ > trailer_bytes_max)
        return refuse(bad_chunk);
      return line.empty() ? state::done : state::more;
  }
}

chunked_body::state chunked_body::refuse(const http_refusal& why) {
  refusal_ = why;
  return state::refused;
}

} // namespace troupe::transports
