#include "actors/channels/channel_runtime.hpp"
#include "actors/channels/reply_bodies.hpp"
#include "protocol/names.hpp"

namespace troupe::actors {

namespace {

std::optional<failure> wrong_event(const std::string& event) {
  if (auto wrong = protocol::event_name_error(event))
    return failure{error_code::bad_message, *std::move(wrong)};
  if (protocol::is_reserved_event(event))
    return failure{error_code::refused, "the event name " + event + " is reserved"};
  return std::nullopt;
}

/// What is not kept cannot be known again.
std::optional<failure> wrong_key(const append_key& key, bool ephemeral) {
  if (key && ephemeral)
    return failure{error_code::bad_message, "key: an ephemeral publication is not kept, and cannot be known again"};
  return std::nullopt;
}

std::optional<failure> wrong_draft(const draft& d, const append_key& key) {
  auto wrong = wrong_event(d.event);
  return wrong ? wrong : wrong_key(key, d.ephemeral);
}

} // namespace

// -- a client publishes -------------------------------------------------------

/// Strangers publish where the namespace says so; whether a member may is the object's to say (`on_publish`).
void channel_runtime::handle(const asker& who, protocol::publish& p) {
  if (auto wrong = wrong_event(p.event))
    return refuse(who, *std::move(wrong));
  auto key = key_of(who, std::move(p.key));
  if (auto wrong = wrong_key(key, p.ephemeral))
    return refuse(who, *std::move(wrong));
  draft d{std::move(p.event), std::move(p.data), p.echo, p.ephemeral};
  if (who.trusted)
    return commit(who, std::move(d), std::move(key));
  if (rules().publish != config::permission::anyone && !members_.find(who.from))
    return refuse_access(who, config::permission::members, "publishing");
  if (over_call_limit(who))
    return;
  if (const auto offset = key ? partition_->find(key) : std::nullopt) // the object has heard it
    return say(who, who.reply(reply_bodies::kept_at(epoch(), *offset)));
  if (key && !deciding_.insert(key).second)
    return refuse(who, {error_code::busy, "key: the publication with this key is being decided: try again"});
  ask_to_publish(who, std::move(d), key);
}

/// The hook may change the draft until it has answered, also later: it does not move meanwhile.
void channel_runtime::ask_to_publish(const asker& who, draft d, const append_key& key) {
  const auto shared = std::make_shared<draft>(std::move(d));
  const auto publisher = known(who);
  answers_.ask(
      who.from, {"publish", parts_.settings.channels.call_timeout, true, true},
      [&](troupe::channel& object) { return object.on_publish(publisher, *shared); },
      [&](answers::result verdict) { decide(who, *shared, key, std::move(verdict)); },
      [&] {
        return [this, who, shared, key](answers::result verdict) { decide(who, *shared, key, std::move(verdict)); };
      });
}

void channel_runtime::decide(const asker& who, draft& d, const append_key& key, answers::result verdict) {
  std::optional<failure> wrong;
  if (auto* why = std::get_if<failure>(&verdict))
    wrong = std::move(*why);
  else
    wrong = wrong_draft(d, key);
  if (!wrong)
    return commit(who, std::move(d), key);
  deciding_.erase(key);
  refuse(who, *std::move(wrong));
}

void channel_runtime::commit(const asker& who, draft d, append_key key) {
  publication p{0, now(), std::move(d.event), std::move(d.data), {}, {}};
  if (!who.trusted) {
    p.from = who.from;
    if (!d.echo)
      p.except.push_back(who.from);
  }
  if (d.ephemeral) {
    stream_.say_ephemeral(std::move(p));
    return say(who, who.reply(reply_bodies::kept_at(epoch(), std::nullopt)));
  }
  if (!key && !protocol::has_id(who.id))
    return keep_unasked(who, std::move(p));
  const auto kept_by = [this, who, key](const publication_stream::result& kept) {
    deciding_.erase(key); // the store knows it now
    return kept ? who.reply(reply_bodies::kept_at(epoch(), kept->what->offset)) : who.error(kept.error(), parts_.name);
  };
  stream_.keep(std::move(p), std::move(key), who.via, kept_by);
}

/// The node's own: the application, from outside of the channel.
void channel_runtime::handle(const asker& who, push_to& p) {
  if (auto wrong = wrong_event(p.event))
    return refuse(who, *std::move(wrong));
  if (!push(p.to, std::move(p.event), std::move(p.data)))
    return refuse(who, {error_code::not_joined, to_string(p.to) + " is not in " + parts_.name});
  say(who, who.reply({}));
}

/// Nobody waits for the position: only an error is told.
void channel_runtime::keep_unasked(const asker& who, publication p) {
  stream_.keep(std::move(p), {}, who.via,
               [channel = &parts_.name, from = who.from, number = who.number](const publication_stream::result& kept) {
                 const asker unnamed{nullptr, from, {}, false, number, {}};
                 return kept ? unnamed.done() : unnamed.error(kept.error(), *channel);
               });
}

// -- keys ---------------------------------------------------------------------

/// A key is its publisher's: a user's, a session's without one, or the API's.
append_key channel_runtime::key_of(const asker& who, std::string text, std::string call) const {
  if (text.empty())
    return {};
  if (who.trusted)
    return {{}, std::move(text), std::move(call)};
  const auto publisher = known(who);
  return {publisher.user.empty() ? "session " + to_string(who.from) : "user " + publisher.user, std::move(text),
          std::move(call)};
}

} // namespace troupe::actors
