#include "actors/sessions/channel_log.hpp"

#include "actors/link/effect_size.hpp"
#include "actors/sessions/log_budget.hpp"

#include <algorithm>
#include <cassert>
#include <unordered_map>
#include <utility>

namespace troupe::actors {

namespace {

constexpr std::size_t chunk_bytes_min = 1024;
constexpr std::size_t chunk_bytes_max = 32 * 1024;

/// A chunk that counts in the shard's ledger: as the log's while one of its entries lies in it or it is being filled,
/// then as pinned, until the last reader lets go.
class log_chunk : public transports::chunk {
 public:
  log_chunk(std::size_t capacity, std::shared_ptr<log_ledger> total) : total_(std::move(total)) {
    bytes.reserve(capacity);
    counted = bytes.capacity();
    total_->held += counted;
  }
  ~log_chunk() override { (held_ ? total_->held : total_->pinned) -= counted; }
  log_chunk(const log_chunk&) = delete;
  log_chunk& operator=(const log_chunk&) = delete;

  /// Nothing of the log's is in it any more.
  void let_go() {
    held_ = false;
    total_->held -= counted;
    total_->pinned += counted;
  }

  [[nodiscard]] bool held() const noexcept { return held_; }

  std::size_t counted = 0;
  std::uint32_t uses = 1; ///< of the log: its entries in it, and one while it is being filled

 private:
  bool held_ = true;
  std::shared_ptr<log_ledger> total_;
};

log_chunk& as_log_chunk(transports::chunk& made_here) { return static_cast<log_chunk&>(made_here); }

} // namespace

std::size_t pinned_bytes(const transports::chunk& what) {
  const auto* of_log = dynamic_cast<const log_chunk*>(&what);
  return of_log && !of_log->held() ? of_log->counted : 0;
}

// -- constructors -------------------------------------------------------------

channel_log::channel_log(std::string channel, bounds limits, log_budget& shard_total)
    : channel_(std::move(channel)), limits_(limits), shard_total_(shard_total), tail_(shard_total.next_first()),
      begun_(tail_) {}

channel_log::~channel_log() {
  while (!entries_.empty())
    drop_oldest();
}

// -- appending ----------------------------------------------------------------

void channel_log::append(publication_ptr p) {
  entry e;
  if (entries_.empty() && p->offset != 0)
    tail_offset_ = p->offset - 1;
  e.offset = p->offset != 0 ? p->offset : head_offset_;
  e.restricted = !p->except.empty() || p->only;
  e.what = std::move(p);
  push(std::move(e));
}

void channel_log::append(protocol::presence_change change) {
  entry e;
  e.offset = head_offset_;
  e.is = kind::presence;
  e.restricted = true;
  e.what = std::make_shared<const protocol::presence_change>(std::move(change));
  push(std::move(e));
}

void channel_log::skip(const position& at) {
  if (at.epoch == epoch_ && at.offset == head_offset_)
    return;
  if (at.epoch != epoch_ || at.offset < head_offset_ || entries_.empty())
    return restart(at);
  entry e;
  e.offset = at.offset;
  e.is = kind::gap;
  breaks_.push_back(head());
  push(std::move(e));
}

void channel_log::push(entry e) {
  const auto size = bytes_of(e);
  publications_bytes_ += size;
  shard_total_.ledger()->held += size;
  head_offset_ = e.offset;
  latest_.reset();
  entries_.push_back(std::move(e));
  make_room(head() - 1);
  shard_total_.spoke(*this);
}

/// Within its own bounds; entries from `keep` on stay.
void channel_log::make_room(sequence keep) {
  while (tail_ < keep && (entries_.size() > limits_.entries_max || bytes() > limits_.bytes_max))
    drop_oldest();
}

void channel_log::restart(const position& at) {
  while (!entries_.empty())
    drop_oldest();
  begun_ = ++tail_; // a reader at the old head is behind, too: what came between is not in this log
  epoch_ = at.epoch;
  head_offset_ = tail_offset_ = at.offset;
}

void channel_log::drop_oldest() {
  const auto size = bytes_of(entries_.front());
  publications_bytes_ -= size;
  shard_total_.ledger()->held -= size;
  tail_offset_ = entries_.front().offset;
  latest_.reset();
  entries_.pop_front();
  if (!breaks_.empty() && breaks_.front() == tail_)
    breaks_.pop_front();
  ++tail_;
  for (auto& l : lanes_) {
    if (!l)
      continue;
    if (l->from < tail_)
      l->run = {};
    while (!l->encodings.empty() && l->base < tail_) {
      let_go(*l, l->encodings.front());
      l->encodings.pop_front();
      ++l->base;
    }
    if (l->encodings.empty()) {
      close_chunk(*l);
      l.reset();
    }
  }
  shard_total_.resized(*this);
}

void channel_log::let_go(lane& of, encoding& from) {
  if (from.where)
    release(*from.where);
  if (of.run.bytes.owner == from.where)
    of.run = {};
}

void channel_log::close_chunk(lane& of) {
  if (of.open)
    release(*of.open);
  of.open = nullptr;
}

void channel_log::release(transports::chunk& used) {
  auto& chunk = as_log_chunk(used);
  if (--chunk.uses > 0)
    return;
  chunks_bytes_ -= chunk.counted;
  chunk.let_go();
}

std::size_t channel_log::bytes_of(const entry& e) {
  switch (e.is) {
  case kind::publication:
    return sizeof(entry) + e.as_publication().size();
  case kind::presence:
    return sizeof(entry) + size_of(e.as_presence());
  case kind::gap:
    break;
  }
  return sizeof(entry);
}

// -- knowing ------------------------------------------------------------------

offset_t channel_log::offset_before(sequence at) const {
  assert(at >= tail_ && at <= head());
  return at == tail_ ? tail_offset_ : entries_[at - tail_ - 1].offset;
}

/// Behind the last entry of that offset, so that ephemeral ones after it are not told again.
std::optional<sequence> channel_log::after(offset_t offset) const {
  if (offset < tail_offset_ || offset > head_offset_)
    return std::nullopt;
  std::size_t low = 0;
  for (auto size = entries_.size(); size > 0;) { // upper bound
    const auto half = size / 2;
    if (entries_[low + half].offset <= offset) {
      low += half + 1;
      size -= half + 1;
    } else {
      size = half;
    }
  }
  if (low < entries_.size() && entries_[low].is == kind::gap)
    return std::nullopt;
  return tail_ + low;
}

channel_log::value channel_log::value_at(sequence at, const log_reader& reader) const {
  const auto& e = entries_[at - tail_];
  const bool for_it = is_for(at, reader);
  if (e.is == kind::presence)
    return {nullptr, for_it ? std::static_pointer_cast<const protocol::presence_change>(e.what) : nullptr, false};
  return {for_it ? std::static_pointer_cast<const troupe::publication>(e.what) : nullptr, nullptr,
          e.as_publication().offset != 0};
}

bool channel_log::is_for(sequence at, const log_reader& reader) const {
  const auto& e = entries_[at - tail_];
  return !e.restricted || (e.is == kind::publication ? e.as_publication().is_for(reader.who) : reader.presence);
}

bool channel_log::is_break(sequence at) const noexcept {
  return !breaks_.empty() && at < head() && entries_[at - tail_].is == kind::gap;
}

sequence channel_log::next_break(sequence from) const noexcept {
  for (std::size_t i = 0; i < breaks_.size(); ++i)
    if (breaks_[i] >= from)
      return breaks_[i];
  return head();
}

// -- reading ------------------------------------------------------------------

log_run channel_log::read(sequence from, sequence to, protocol::wire_form_id form, const log_reader& reader,
                          std::size_t room) {
  to = std::min(to, next_break(from));
  assert(from >= tail_ && from < to);
  auto& of = lane_of(form);
  if (of.from == from && of.to == to && of.run.next == to && of.run.bytes.bytes.size() <= room)
    return of.run;
  auto run = read_run(of, from, to, form, reader, room);
  if (std::exchange(grew_, false)) { // `of` may go with its last entry
    make_room(run.next);
    shard_total_.grew(*this, run.next);
  }
  return run;
}

log_run channel_log::read_run(lane& of, sequence from, sequence to, protocol::wire_form_id form, const log_reader& reader,
                              std::size_t room) {
  log_run run{{}, from, 0};
  bool shared = true; // the same for every reader
  for (; run.next < to; ++run.next) {
    shared = shared && !entries_[run.next - tail_].restricted;
    if (!is_for(run.next, reader)) {
      if (run.entries > 0)
        break;
      continue;
    }
    const auto& at = encoded(of, run.next, form);
    const std::string_view bytes{at.where->bytes.data() + at.begin, at.size};
    if (run.entries == 0) {
      run.bytes = {at.where, bytes};
    } else {
      const bool adjacent = at.where == run.bytes.owner && bytes.data() == run.bytes.bytes.data() + run.bytes.bytes.size();
      if (!adjacent || run.bytes.bytes.size() + bytes.size() > room)
        break;
      run.bytes.bytes = {run.bytes.bytes.data(), run.bytes.bytes.size() + bytes.size()};
    }
    ++run.entries;
    const auto& e = entries_[run.next - tail_];
    run.all_numbered = run.all_numbered && e.is == kind::publication && e.as_publication().offset != 0;
  }
  if (shared && run.next == to) {
    of.from = from;
    of.to = to;
    of.run = run;
  }
  return run;
}

channel_log::lane& channel_log::lane_of(protocol::wire_form_id form) {
  auto& held = lanes_[static_cast<std::size_t>(form)];
  if (!held) {
    held = std::make_unique<lane>();
    held->base = tail_;
  }
  return *held;
}

const channel_log::encoding& channel_log::encoded(lane& of, sequence at, protocol::wire_form_id form) {
  while (of.base + of.encodings.size() <= at)
    of.encodings.emplace_back();
  auto& found = of.encodings[at - of.base];
  if (!found.where)
    encode(found, of, entries_[at - tail_], form);
  return found;
}

void channel_log::encode(encoding& into, lane& of, const entry& e, protocol::wire_form_id form) {
  thread_local std::string scratch; // a buffer, not state: always empty between calls
  scratch.clear();
  const auto& writer = protocol::get(form);
  if (e.is == kind::publication)
    writer.publication(scratch, channel_, epoch_, e.as_publication());
  else
    writer.message(scratch, e.as_presence());
  ++encodings_;
  ++shard_total_.ledger()->encodings;
  if (!of.open || of.open->bytes.capacity() - of.open->bytes.size() < scratch.size()) {
    const auto doubled = of.open ? std::min(of.open->bytes.capacity() * 2, chunk_bytes_max) : chunk_bytes_min;
    close_chunk(of);
    of.open = new log_chunk(std::max(doubled, scratch.size()), shard_total_.ledger());
    chunks_bytes_ += as_log_chunk(*of.open).counted;
    grew_ = true;
  }
  ++as_log_chunk(*of.open).uses;
  into.where = of.open;
  into.begin = static_cast<std::uint32_t>(of.open->bytes.size());
  into.size = static_cast<std::uint32_t>(scratch.size());
  of.open->bytes += scratch;
}

std::shared_ptr<const latest_view> channel_log::latest() {
  if (latest_)
    return latest_;
  constexpr std::size_t enough = 0;                           // of that event
  std::unordered_map<std::string_view, std::size_t> of_event; // one past the index of the one found last
  latest_view found; // from the newest; of an event all up to one that everybody may read
  for (auto i = entries_.size(); i-- > 0;) {
    const auto& e = entries_[i];
    if (e.is != kind::publication)
      continue;
    const auto [later, is_new] = of_event.try_emplace(e.as_publication().event, 0);
    if (!is_new && later->second == enough)
      continue;
    found.push_back({tail_ + i, is_new ? 0 : later->second});
    later->second = e.restricted ? found.size() : enough;
  }
  const auto view = std::make_shared<latest_view>(found.rbegin(), found.rend());
  for (auto& one : *view) // index from the other end: never 0, as a later one is never the first
    one.next_of_event = one.next_of_event == 0 ? 0 : view->size() - one.next_of_event;
  latest_ = view;
  return latest_;
}

} // namespace troupe::actors
