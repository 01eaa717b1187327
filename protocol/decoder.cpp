#include "protocol/decoder.hpp"

#include "protocol/decode/command_reader.hpp"
#include "protocol/decode/readable_id.hpp"
#include "protocol/names.hpp"

namespace troupe::protocol {

namespace {

/// One encoding's readers.
struct reading {
  tl::expected<envelope, decode_failure> (*envelope_of)(std::string_view, const decode_limits&);
  request_id (*readable_id)(std::string_view);
};
constexpr reading json{json_envelope, readable_id_in_json};
constexpr reading msgpack{msgpack_envelope, readable_id_in_msgpack};

/// Takes a message apart that is within the size limit.
tl::expected<envelope, decode_failure> open(std::string_view bytes, const decode_limits& limits, const reading& how) {
  if (bytes.size() <= limits.message_bytes_max)
    return how.envelope_of(bytes, limits);
  failure why{error_code::too_large, "larger than " + std::to_string(limits.message_bytes_max) + " bytes"};
  return tl::unexpected(decode_failure{how.readable_id(bytes), std::move(why)});
}

decoded decode(std::string_view bytes, const decode_limits& limits, const reading& how) {
  const auto message = open(bytes, limits, how);
  return message ? to_command(*message) : tl::unexpected(message.error());
}

// -- POST /send ---------------------------------------------------------------

tl::unexpected<decode_failure> bad(const envelope& message, std::string why) {
  auto id = message.twice == key::id ? request_id{} : command_reader(message).id();
  return tl::unexpected(decode_failure{std::move(id), {error_code::bad_message, std::move(why)}});
}

/// A user's name: a string, or the integer that many applications have.
std::optional<std::string> user_name(const value& v) {
  if (v.kind == value_kind::text)
    return std::string(v.text);
  if (const auto number = as_integer(v))
    return std::to_string(*number);
  return std::nullopt;
}

tl::expected<send_request, decode_failure> send_to_user(const envelope& message) {
  const auto& given = message[key::user_id];
  if (given.kind == value_kind::absent)
    return bad(message, "userId: missing");
  if (message.twice)
    return bad(message, std::string(name_of(*message.twice)) + ": given twice");
  auto user = user_name(given);
  if (!user)
    return bad(message, "userId: expected a string");
  if (user->empty())
    return bad(message, "userId: empty");
  if (const auto why = channel_name_error(inbox_of(*user)))
    return bad(message, "userId: " + *why);
  if (message[key::message].kind == value_kind::absent)
    return bad(message, "message: missing");
  return send_request{send_request::to_user{std::move(*user), to_payload(message, message[key::message])}};
}

tl::expected<send_request, decode_failure> send_of_session(const envelope& message) {
  auto what = to_command(message, key::credentials);
  if (!what)
    return tl::unexpected(what.error());
  command_reader reader(message);
  auto token = reader.text(key::token);
  if (reader.failed())
    return tl::unexpected(decode_failure{std::move(what->id), *reader.failed()});
  return send_request{send_request::of_session{std::move(token), std::move(*what)}};
}

} // namespace

decoded decode_json(std::string_view bytes, const decode_limits& limits) { return decode(bytes, limits, json); }

decoded decode_msgpack(std::string_view bytes, const decode_limits& limits) {
  return decode(bytes, limits, msgpack);
}

tl::expected<payload, failure> read_json(std::string_view bytes, const decode_limits& limits) {
  const auto message = open(bytes, limits, json);
  if (!message)
    return tl::unexpected(message.error().why);
  return to_payload(*message, message->whole);
}

tl::expected<payload, failure> read_msgpack(std::string_view bytes, const decode_limits& limits) {
  if (bytes.size() > limits.message_bytes_max)
    return tl::unexpected(
        failure{error_code::too_large, "larger than " + std::to_string(limits.message_bytes_max) + " bytes"});
  envelope message;
  message.encoding = encoding::msgpack;
  return msgpack_value(bytes, limits.depth_max).map([&](const value& v) { return to_payload(message, v); });
}

tl::expected<publish, failure> decode_publication(std::string_view json, const decode_limits& limits,
                                                  std::optional<std::string> channel) {
  const auto message = json_envelope(json, limits);
  if (!message)
    return tl::unexpected(message.error().why);
  if (message->whole.kind != value_kind::object)
    return tl::unexpected(failure{error_code::bad_message, "expected an object"});
  auto read = to_publication(*message, std::move(channel));
  if (read && read->data.raw().size() > limits.message_bytes_max)
    return tl::unexpected(failure{error_code::too_large, "data: larger than " +
                                                             std::to_string(limits.message_bytes_max) + " bytes"});
  return read;
}

tl::expected<send_request, decode_failure> decode_send(std::string_view json, const decode_limits& limits) {
  const auto message = open(json, limits, protocol::json);
  if (!message)
    return tl::unexpected(message.error());
  if (message->whole.kind != value_kind::object)
    return bad(*message, "expected an object");
  const bool has_user = (*message)[key::user_id].kind != value_kind::absent;
  if ((*message)[key::action].kind != value_kind::absent)
    return send_of_session(*message);
  if (!has_user && (*message)[key::token].kind != value_kind::absent)
    return bad(*message, "action: missing");
  return send_to_user(*message);
}

} // namespace troupe::protocol
