#include "actors/sessions/channel_log.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace troupe::actors {

namespace {

constexpr std::size_t chunk_bytes_min = 1024;
constexpr std::size_t chunk_bytes_max = 32 * 1024;

/// A chunk that counts in the ledgers until the last reader lets go.
class counted_chunk : public transports::chunk {
 public:
  counted_chunk(std::size_t capacity, std::shared_ptr<log_ledger> log, std::shared_ptr<log_ledger> shard)
      : log_(std::move(log)), shard_(std::move(shard)) {
    bytes.reserve(capacity);
    counted_ = bytes.capacity();
    log_->bytes += counted_;
    shard_->bytes += counted_;
  }
  ~counted_chunk() {
    log_->bytes -= counted_;
    shard_->bytes -= counted_;
  }
  counted_chunk(const counted_chunk&) = delete;
  counted_chunk& operator=(const counted_chunk&) = delete;

 private:
  std::size_t counted_ = 0;
  std::shared_ptr<log_ledger> log_, shard_;
};

} // namespace

// -- constructors -------------------------------------------------------------

channel_log::channel_log(std::string channel, bounds limits, std::shared_ptr<log_ledger> shard_total)
    : channel_(std::move(channel)), limits_(limits), own_(std::make_shared<log_ledger>()),
      shard_total_(std::move(shard_total)) {}

channel_log::~channel_log() { shard_total_->bytes -= publications_bytes_; }

// -- appending ----------------------------------------------------------------

void channel_log::append(publication_ptr p) {
  entry e;
  if (entries_.empty() && p->offset != 0)
    tail_offset_ = p->offset - 1;
  e.offset = p->offset != 0 ? p->offset : head_offset_;
  e.restricted = !p->except.empty();
  e.what = std::move(p);
  push(std::move(e));
}

void channel_log::append(protocol::presence_change change) {
  entry e;
  e.offset = head_offset_;
  e.restricted = true;
  e.presence = std::make_shared<const protocol::presence_change>(std::move(change));
  push(std::move(e));
}

void channel_log::push(entry e) {
  const auto size = publication_bytes(e);
  publications_bytes_ += size;
  shard_total_->bytes += size;
  head_offset_ = e.offset;
  entries_.push_back(std::move(e));
  trim();
}

void channel_log::restart(const position& at) {
  while (!entries_.empty())
    drop_oldest();
  begun_ = ++tail_; // a reader at the old head is behind, too: what came between is not in this log
  epoch_ = at.epoch;
  head_offset_ = tail_offset_ = at.offset;
}

void channel_log::trim() {
  while (entries_.size() > 1 && (entries_.size() > limits_.entries_max || bytes() > limits_.bytes_max ||
                                 shard_total_->bytes > limits_.shard_bytes_max))
    drop_oldest();
}

void channel_log::drop_oldest() {
  const auto size = publication_bytes(entries_.front());
  publications_bytes_ -= size;
  shard_total_->bytes -= size;
  tail_offset_ = entries_.front().offset;
  entries_.pop_front();
  ++tail_;
  last_ = {};
  for (auto& l : lanes_) {
    if (!l)
      continue;
    while (!l->encodings.empty() && l->base < tail_) {
      l->encodings.pop_front();
      ++l->base;
    }
    if (l->encodings.empty())
      l.reset();
  }
}

std::size_t channel_log::publication_bytes(const entry& e) const {
  return sizeof(entry) + (e.what ? e.what->size() : 0) +
         (e.presence ? (e.presence->joined.size() + e.presence->left.size()) * sizeof(protocol::member_info) : 0);
}

// -- knowing ------------------------------------------------------------------

std::size_t channel_log::bytes() const noexcept { return publications_bytes_ + own_->bytes; }

offset_t channel_log::offset_before(sequence at) const {
  assert(at >= tail_ && at <= head());
  return at == tail_ ? tail_offset_ : entries_[at - tail_ - 1].offset;
}

std::optional<sequence> channel_log::after(offset_t offset) const {
  if (offset < tail_offset_ || offset > head_offset_)
    return std::nullopt;
  // Behind the last entry of that offset, so that ephemeral ones after it are not told again.
  const auto it = std::upper_bound(entries_.begin(), entries_.end(), offset,
                                   [](offset_t o, const entry& e) { return o < e.offset; });
  return tail_ + static_cast<sequence>(it - entries_.begin());
}

bool channel_log::is_for(sequence at, const log_reader& reader) const {
  const auto& e = entries_[at - tail_];
  return !e.restricted || (e.what ? e.what->is_for(reader.who) : reader.presence);
}

// -- reading ------------------------------------------------------------------

log_run channel_log::read(sequence from, sequence to, protocol::wire_form_id form, const log_reader& reader,
                          std::size_t room) {
  assert(from >= tail_ && from <= to && to <= head());
  if (last_.from == from && last_.to == to && last_.form == form && last_.room <= room && last_.run.next == to)
    return last_.run;
  log_run run{{}, from, 0};
  bool shared = true; // the same for every reader
  for (; run.next < to; ++run.next) {
    shared = shared && !entries_[run.next - tail_].restricted;
    if (!is_for(run.next, reader)) {
      if (run.entries > 0)
        break;
      continue;
    }
    const auto& at = encoded(run.next, form);
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
  }
  if (shared && run.next == to)
    last_ = {form, from, to, run.bytes.bytes.size(), run};
  return run;
}

const channel_log::encoding& channel_log::encoded(sequence at, protocol::wire_form_id form) {
  auto& held = lanes_[static_cast<std::size_t>(form)];
  if (!held) {
    held = std::make_unique<lane>();
    held->base = at;
  }
  auto& of = *held;
  while (of.base > at) {
    of.encodings.emplace_front();
    --of.base;
  }
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
  if (e.what)
    writer.publication(scratch, channel_, epoch_, *e.what);
  else
    writer.message(scratch, *e.presence);
  ++own_->encodings;
  ++shard_total_->encodings;
  if (!of.open || of.open->bytes.capacity() - of.open->bytes.size() < scratch.size()) {
    const auto doubled = of.open ? std::min(of.open->bytes.capacity() * 2, chunk_bytes_max) : chunk_bytes_min;
    of.open = new counted_chunk(std::max(doubled, scratch.size()), own_, shard_total_);
  }
  into.where = of.open;
  into.begin = static_cast<std::uint32_t>(of.open->bytes.size());
  into.size = static_cast<std::uint32_t>(scratch.size());
  of.open->bytes += scratch;
}

} // namespace troupe::actors
