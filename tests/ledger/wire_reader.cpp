#include "tests/ledger/wire_reader.hpp"

#include "bench/framing/http_head.hpp"
#include "bench/framing/websocket_frame.hpp"

#include <charconv>

namespace troupe::ledger {

using nlohmann::json;

namespace {

constexpr std::uint32_t mask = 0x5a17c3e9; // any

std::string frame(bench::opcode kind, std::string_view payload) {
  std::string bytes;
  bench::append_client_frame(bytes, kind, payload, mask);
  return bytes;
}

} // namespace

std::string text_frame(std::string_view text) { return frame(bench::opcode::text, text); }
std::string binary_frame(std::string_view bytes) { return frame(bench::opcode::binary, bytes); }
std::string pong_frame(std::string_view bytes) { return frame(bench::opcode::pong, bytes); }

std::string close_frame(unsigned code) {
  if (code == 0)
    return frame(bench::opcode::close, {});
  const char bytes[]{static_cast<char>(code >> 8), static_cast<char>(code)};
  return frame(bench::opcode::close, {bytes, 2});
}

std::vector<wire_reader::item> wire_reader::take(std::string_view bytes) {
  held_ += bytes;
  std::vector<item> all;
  for (bool more = true; more;) {
    if (kind_ == kind::answers)
      more = take_answer(all);
    else if (!headed_)
      more = take_head(all);
    else
      more = kind_ == kind::web_socket ? take_frame(all) : take_event(all);
  }
  return all;
}

bool wire_reader::take_head(std::vector<item>& into) {
  const auto head = bench::first_head(held_);
  if (!head)
    return false;
  const auto status = static_cast<unsigned>(head->status());
  headed_ = status == (kind_ == kind::web_socket ? 101u : 200u);
  into.push_back({headed_ ? item::what::ready : item::what::refused, status});
  held_.erase(0, headed_ ? head->text.size() : held_.size());
  return headed_;
}

bool wire_reader::take_answer(std::vector<item>& into) {
  const auto head = bench::first_head(held_);
  const auto length = head ? head->field("content-length") : std::nullopt;
  if (!length)
    return false;
  std::size_t size = 0;
  std::from_chars(length->data(), length->data() + length->size(), size);
  const auto begin = head->text.size();
  if (held_.size() < begin + size)
    return false;
  const auto status = static_cast<unsigned>(head->status());
  into.push_back({item::what::answer, status, json::parse(std::string_view{held_}.substr(begin, size), nullptr, false)});
  held_.erase(0, begin + size);
  return true;
}

bool wire_reader::take_frame(std::vector<item>& into) {
  const auto one = bench::first_frame(held_);
  if (!one)
    return false;
  switch (one->kind) {
  case bench::opcode::text: into.push_back({item::what::message, 0, json::parse(one->payload)}); break;
  case bench::opcode::binary: into.push_back({item::what::message, 0, json::from_msgpack(one->payload)}); break;
  case bench::opcode::ping: into.push_back({item::what::ping, 0, {}, std::string{one->payload}}); break;
  case bench::opcode::close: into.push_back({item::what::closed}); break;
  default: break;
  }
  held_.erase(0, one->size);
  return true;
}

bool wire_reader::take_event(std::vector<item>& into) {
  const auto end = held_.find("\n\n");
  if (end == std::string::npos)
    return false;
  const std::string_view block = std::string_view{held_}.substr(0, end + 1);
  for (std::size_t at = 0; at < block.size();) {
    const auto stop = block.find('\n', at);
    const auto line = block.substr(at, stop - at);
    if (line.starts_with("data: "))
      into.push_back({item::what::message, 0, json::parse(line.substr(6))});
    at = stop + 1;
  }
  held_.erase(0, end + 2);
  return true;
}

} // namespace troupe::ledger
