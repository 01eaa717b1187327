#include "protocol/decode/command_reader.hpp"

#include "protocol/names.hpp"

namespace troupe::protocol {

namespace {

constexpr std::uint64_t ms_max = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t limit_max = std::numeric_limits<std::uint32_t>::max();

template <class To>
std::optional<To> narrowed(std::optional<std::uint64_t> number) {
  return number ? std::optional(static_cast<To>(*number)) : std::nullopt;
}

// -- one function per action; braces evaluate from left to right --------------

command_body read_subscribe(command_reader& r, key) {
  return subscribe{r.channel(), r.params(), r.since(), r.flag(key::presence, false)};
}

command_body read_unsubscribe(command_reader& r, key) { return unsubscribe{r.channel()}; }

publish read_publication(command_reader& r, std::optional<std::string> channel) {
  publish p{channel ? std::move(*channel) : r.channel(),
            r.event(),
            r.data(),
            r.optional_text(key::key, key_bytes_max).value_or(""),
            r.flag(key::echo, true),
            r.flag(key::ephemeral, false)};
  if (is_reserved_event(p.event))
    r.fail(key::event, in_quotes(p.event) + " is reserved");
  return p;
}

command_body read_publish(command_reader& r, key) { return read_publication(r, {}); }

command_body read_call(command_reader& r, key) {
  return call{r.channel(), r.event(), r.data(),
              narrowed<std::int64_t>(r.optional_count(key::timeout, ms_max)),
              r.optional_text(key::key, key_bytes_max).value_or("")};
}

command_body read_answer(command_reader& r, key) { return answer{r.count(key::ask), r.data()}; }

command_body read_history(command_reader& r, key) {
  return history{r.channel(), r.since(), r.optional_count(key::before, std::numeric_limits<offset_t>::max()),
                 narrowed<std::uint32_t>(r.optional_count(key::limit, limit_max))};
}

command_body read_presence(command_reader& r, key) {
  return presence{r.channel(), r.optional_text(key::since, id_bytes_max),
                  narrowed<std::uint32_t>(r.optional_count(key::limit, limit_max))};
}

command_body read_authenticate(command_reader& r, key token) { return authenticate{r.text(token)}; }

command_body read_resume(command_reader& r, key token) {
  return resume{r.text(token), r.count(key::received), r.positions(),
                r.optional_count(key::attempt, std::numeric_limits<std::uint64_t>::max()).value_or(0)};
}

command_body read_ack(command_reader& r, key) { return ack{r.count(key::received)}; }

command_body read_ping(command_reader&, key) { return ping{}; }

// -- which --------------------------------------------------------------------

struct action {
  std::string_view name;
  command_body (*read)(command_reader&, key token);
};

constexpr action actions[] = {
    {"publish", read_publish},         {"call", read_call},     {"subscribe", read_subscribe},
    {"unsubscribe", read_unsubscribe}, {"answer", read_answer}, {"history", read_history},
    {"presence", read_presence},       {"ack", read_ack},       {"ping", read_ping},
    {"authenticate", read_authenticate}, {"resume", read_resume},
};

const action* find_action(std::string_view name) noexcept {
  for (const auto& a : actions)
    if (a.name == name)
      return &a;
  return nullptr;
}

decoded failed(request_id id, failure why) { return tl::unexpected(decode_failure{std::move(id), std::move(why)}); }

} // namespace

decoded to_command(const envelope& message, key token_key) {
  const auto& name = message[key::action];
  if (name.kind == value_kind::absent)
    return command{{}, bare{to_payload(message, message.whole)}};

  command_reader reader(message);
  auto id = message.twice == key::id ? request_id{} : reader.id();
  if (message.twice)
    reader.fail(*message.twice, "given twice");
  if (name.kind != value_kind::text)
    reader.fail(key::action, "expected a string");
  if (reader.failed())
    return failed(std::move(id), *reader.failed());

  const auto* known = find_action(name.text);
  if (!known)
    return failed(std::move(id), {error_code::unknown_action, "action: " + in_quotes(name.text) + " is unknown"});
  auto body = known->read(reader, token_key);
  if (reader.failed())
    return failed(std::move(id), *reader.failed());
  return command{std::move(id), std::move(body)};
}

tl::expected<publish, failure> to_publication(const envelope& message, std::optional<std::string> channel) {
  command_reader reader(message);
  if (message.twice)
    reader.fail(*message.twice, "given twice");
  if (channel)
    if (const auto why = channel_name_error(*channel))
      reader.fail(key::channel, *why, error_code::bad_channel);
  auto read = read_publication(reader, std::move(channel));
  if (reader.failed())
    return tl::unexpected(*reader.failed());
  return read;
}

} // namespace troupe::protocol
