#include "actors/channels/publication_stream.hpp"

namespace troupe::actors {

/// What the answer of the store means to readers, given to `say`; the channel's head from here on.
template <class F>
offset_t publication_stream::advance(const result& what, F say) {
  const bool added = what && !what->duplicate;
  auto head = added ? what->what->offset : appends_.head();
  if (partition_.epoch() != epoch_) {
    // The store lost what it had: who followed the old epoch learns it before anything of the new one.
    epoch_ = partition_.epoch();
    if (!added)
      head = partition_.head();
    say(outbound_item{epoch_changed{{epoch_, added ? head - 1 : head}}, {}, 0});
  }
  if (added) {
    counted();
    say(outbound_item{published{what->what}, {}, 0});
  }
  return head;
}

/// The store has answered within the call, and nothing waits before it.
void publication_stream::tell(const result& what) {
  for (const auto& [end, l] : links_.all())
    if (!links_.wants_publications(*l))
      l->pass_over();
  const auto head = advance(what, [this](const outbound_item& item) {
    for (const auto& [end, l] : links_.all())
      if (links_.wants_publications(*l))
        l->say(item);
  });
  appends_.answered(head);
}

void publication_stream::keep_later(publication p, append_key key, const channel_end_ptr& via,
                                    std::function<outbound_item(const result&)> then) {
  const auto slot = std::make_shared<effect_slot>();
  for (const auto& [end, l] : links_.all()) {
    if (links_.wants_publications(*l))
      l->say(slot);
    else
      l->pass_over();
  }
  const auto reply_slot = via ? via->reserve() : nullptr;
  const auto append = appends_.begin();
  const auto answered = [this, slot, reply_slot, append, then = std::move(then)](result what) {
    const auto head = advance(what, [&](outbound_item item) { slot->items.push_back(std::move(item)); });
    slot->settle();
    appends_.answered(append, head);
    auto item = then(what);
    if (reply_slot)
      reply_slot->settle(std::move(item));
  };
  partition_.append(std::move(p), std::move(key), turns_.callback(answered));
}

void publication_stream::counted() {
  ++count_;
  events_.count_publication();
}

void publication_stream::say_ephemeral(publication p) {
  counted();
  const auto what = std::make_shared<const publication>(std::move(p));
  for (const auto& [end, l] : links_.all())
    if (links_.wants_publications(*l))
      l->say({published{what}, {}, 0});
  if (overheard_ && overheard_->is_over(what->timestamp))
    overheard_.reset();
  if (overheard_)
    overheard_->add(what);
}

overheard::page publication_stream::overhear(std::uint64_t heard, std::int64_t time, std::size_t bytes_max) {
  if (!overheard_)
    overheard_ = std::make_unique<overheard>(bytes_max);
  overheard_->listens(time);
  return overheard_->after(heard);
}

} // namespace troupe::actors
