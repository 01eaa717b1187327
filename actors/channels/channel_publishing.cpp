#include "actors/channels/channel_joins.hpp"
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

} // namespace

// -- a client publishes -------------------------------------------------------

/// Strangers publish where the namespace says so; whether a member may is the object's to say (`on_publish`).
void channel_runtime::handle(const asker& who, protocol::publish& p) {
  if (auto wrong = wrong_event(p.event))
    return refuse(who, *std::move(wrong));
  draft d{std::move(p.event), std::move(p.data), p.echo, p.ephemeral};
  if (who.trusted)
    return commit(who, std::move(d), std::move(p.key));
  if (parts_.name_space.publish != config::permission::anyone && !members_.find(who.from))
    return refuse_access(who, config::permission::members, "publishing");
  if (over_call_limit(who))
    return;
  const auto shared = std::make_shared<draft>(std::move(d)); // the hook may change it until it answers
  const auto publisher = known(who);
  answer(who,
         {"publish", parts_.settings.channels.call_timeout,
          [&](troupe::channel& object) { return object.on_publish(publisher, *shared); }},
         [this, who, shared, key = std::move(p.key)](call_table::result result) {
           if (auto* why = std::get_if<failure>(&result))
             refuse(who, std::move(*why));
           else
             commit(who, std::move(*shared), key);
         });
}

void channel_runtime::commit(const asker& who, draft d, std::string key) {
  if (auto wrong = wrong_event(d.event))
    return refuse(who, *std::move(wrong));
  publication p{0, now(), std::move(d.event), std::move(d.data), {}, {}};
  if (!who.trusted) {
    p.from = who.from;
    if (!d.echo)
      p.except.push_back(who.from);
  }
  if (d.ephemeral) {
    say_ephemeral(std::move(p));
    return reply(who, reply_bodies::kept_at(epoch_, std::nullopt));
  }
  keep(std::move(p), std::move(key), who.via, [this, who](const kept_or_not& result) {
    return result ? reply_item(who, reply_bodies::kept_at(epoch_, result->what->offset)) : error_item(who, result.error());
  });
}

// -- into the stream ----------------------------------------------------------

void channel_runtime::keep(publication p, std::string key, const channel_end_ptr& via,
                           std::function<outbound_item(const kept_or_not&)> reply_of) {
  const auto slot = std::make_shared<effect_slot>();
  for (const auto& [shard, l] : links_) {
    if (wants_publications(*l))
      l->say(slot);
    else
      l->pass_over();
  }
  const auto reply_slot = via ? via->reserve() : nullptr;
  const auto append = appends_.begin();
  partition_->append(std::move(p), std::move(key),
                     in_turn([this, slot, reply_slot, append, reply_of = std::move(reply_of)](kept_or_not result) {
                       settle_append(slot, append, result);
                       if (reply_slot)
                         reply_slot->settle(reply_of(result));
                       else if (!result)
                         parts_.events.announce(
                             events::handler_failed{parts_.name, "broadcast", result.error().message});
                     }));
}

void channel_runtime::settle_append(const effect_slot_ptr& slot, const pending_appends::waiting_ptr& append,
                                    const kept_or_not& result) {
  const bool added = result && !result->duplicate;
  auto head = added ? result->what->offset : appends_.head();
  if (partition_->epoch() != epoch_) {
    // The store lost what it had: who followed the old epoch learns it before anything of the new one.
    epoch_ = partition_->epoch();
    if (!added)
      head = partition_->head();
    slot->items.push_back({epoch_changed{{epoch_, added ? head - 1 : head}}, {}, 0});
  }
  if (added) {
    ++publications_;
    parts_.events.count_publication();
    slot->items.push_back({published{result->what}, {}, 0});
  }
  slot->settle();
  appends_.answered(append, head);
}

void channel_runtime::say_ephemeral(publication p) {
  ++publications_;
  parts_.events.count_publication();
  const auto what = std::make_shared<const publication>(std::move(p));
  for (const auto& [shard, l] : links_)
    if (wants_publications(*l))
      l->say({published{what}, {}, 0});
}

/// Somebody reads there, or is about to: what `on_join` says comes after its answer.
bool channel_runtime::wants_publications(const channel_end& l) const {
  return l.members() > 0 || (entering_ && entering_->who.via.get() == &l);
}

} // namespace troupe::actors
