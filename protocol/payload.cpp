#include <troupe/payload.hpp>

#include "protocol/base64.hpp"
#include "protocol/json_text.hpp"
#include "protocol/msgpack_text.hpp"
#include "protocol/transcode.hpp"

#include <nlohmann/json.hpp>

#include <mutex>
#include <utility>
#include <vector>

namespace troupe {

namespace {

constexpr std::string_view json_null = "null";
constexpr std::string_view msgpack_nil = "\xc0";

/// Text made when it is first asked for, by whichever thread is first.
struct lazy_text {
  template <class Make>
  std::string_view get(Make make) const {
    std::call_once(once, [&] { make(text); });
    return text;
  }

  mutable std::once_flag once;
  mutable std::string text;
};

} // namespace

struct payload::body {
  body(troupe::encoding e, std::string bytes) noexcept : encoding(e), raw(std::move(bytes)) {}

  const troupe::encoding encoding;
  const std::string raw;
  lazy_text json;    // unless given as JSON
  lazy_text msgpack; // unless given as msgpack
};

// -- constructors -------------------------------------------------------------

payload::payload() = default;
payload::payload(std::shared_ptr<const body> shared) noexcept : body_(std::move(shared)) {}

payload payload::json_text(std::string valid) {
  return payload(std::make_shared<const body>(encoding::json, std::move(valid)));
}

payload payload::msgpack_value(std::string valid) {
  return payload(std::make_shared<const body>(encoding::msgpack, std::move(valid)));
}

payload payload::binary(std::string bytes) {
  return payload(std::make_shared<const body>(encoding::bytes, std::move(bytes)));
}

payload payload::from(const nlohmann::json& value) {
  if (value.is_binary())
    return binary(std::string(value.get_binary().begin(), value.get_binary().end()));
  return json_text(value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

payload payload::of_text(std::string_view text) {
  std::string quoted;
  quoted.reserve(text.size() + 2);
  protocol::append_json_string(quoted, text);
  return json_text(std::move(quoted));
}

// -- reading ------------------------------------------------------------------

encoding payload::encoding() const noexcept { return body_ ? body_->encoding : encoding::json; }

std::string_view payload::raw() const noexcept { return body_ ? std::string_view(body_->raw) : json_null; }

std::string_view payload::json() const {
  if (encoding() == encoding::json)
    return raw();
  return body_->json.get([this](std::string& out) { append_json(out); });
}

std::string_view payload::msgpack() const {
  if (!body_)
    return msgpack_nil;
  if (encoding() == encoding::msgpack)
    return raw();
  return body_->msgpack.get([this](std::string& out) { append_msgpack(out); });
}

void payload::append_json(std::string& out) const {
  switch (encoding()) {
    case encoding::json: out += raw(); break;
    case encoding::msgpack: protocol::append_json_of_msgpack(out, raw()); break;
    case encoding::bytes:
      out += '"';
      protocol::append_base64(out, raw());
      out += '"';
  }
}

void payload::append_msgpack(std::string& out) const {
  switch (encoding()) {
    case encoding::json: protocol::append_msgpack_of_json(out, raw()); break;
    case encoding::msgpack: out += raw(); break;
    case encoding::bytes: protocol::msgpack_out(out).bytes(raw());
  }
}

nlohmann::json payload::value() const {
  const auto bytes = raw();
  nlohmann::json tree;
  switch (encoding()) {
    case encoding::json: tree = nlohmann::json::parse(bytes, nullptr, false); break;
    case encoding::msgpack: tree = nlohmann::json::from_msgpack(bytes, true, false); break;
    case encoding::bytes: tree = nlohmann::json::binary({bytes.begin(), bytes.end()});
  }
  if (tree.is_discarded())
    throw payload_error("not a valid value");
  return tree;
}

bool payload::is_null() const noexcept {
  return raw() == (encoding() == encoding::msgpack ? msgpack_nil : json_null) && encoding() != encoding::bytes;
}

std::size_t payload::size() const noexcept { return body_ ? sizeof(body) + body_->raw.capacity() : 0; }

bool operator==(const payload& a, const payload& b) noexcept {
  return a.encoding() == b.encoding() && a.raw() == b.raw();
}

} // namespace troupe
