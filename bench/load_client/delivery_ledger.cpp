#include "load_client/delivery_ledger.hpp"

namespace troupe::bench {

delivery_ledger::delivery_ledger(std::size_t subscribers, std::size_t publishers, std::size_t channels)
    : lanes_(publishers), expected_(subscribers * publishers, 1),
      last_offset_(subscribers, 0), listens_(subscribers, false) {
  for (std::size_t i = 0; i < publishers; ++i) {
    lanes_[i].arrivals.resize(in_flight_max);
    lanes_[i].listeners = subscribers / channels + (i % channels < subscribers % channels ? 1 : 0);
  }
}

std::uint64_t delivery_ledger::publish(std::size_t publisher) {
  ++in_flight_;
  ++published_;
  return ++lanes_[publisher].published;
}

void delivery_ledger::arrive(std::size_t publisher, std::uint64_t sequence) {
  auto& arrivals = lanes_[publisher].arrivals[sequence % in_flight_max];
  if (++arrivals == lanes_[publisher].listeners) {
    arrivals = 0;
    --in_flight_;
  }
}

void delivery_ledger::deliver(std::size_t subscriber, const stamp& what, std::optional<std::uint64_t> offset,
                              nanoseconds at) {
  if (offset) {
    if (*offset <= last_offset_[subscriber])
      ++misordered_;
    last_offset_[subscriber] = *offset;
  }
  if (what.sequence == 0) {
    if (!listens_[subscriber])
      ++listening_;
    listens_[subscriber] = true;
    return;
  }
  if (what.publisher >= lanes_.size() || what.sequence > lanes_[what.publisher].published) {
    ++misordered_; // nothing that was published
    return;
  }
  auto& expected = expected_[subscriber * lanes_.size() + what.publisher];
  if (what.sequence < expected) {
    ++misordered_;
    return;
  }
  while (expected <= what.sequence) // those before it, if any, are lost
    arrive(what.publisher, expected++);
  ++deliveries_;
  latency_.record(at - what.sent);
  if (subscriber < watched_)
    watched_latency_.record(at - what.sent);
}

std::uint64_t delivery_ledger::lost() const noexcept {
  std::uint64_t expected = 0;
  for (const auto& one : lanes_)
    expected += one.published * one.listeners;
  return expected - deliveries_;
}

} // namespace troupe::bench
