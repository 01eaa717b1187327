#include "tests/ledger/truth.hpp"

namespace troupe::ledger {

std::string to_string(const place& at) { return at.epoch + "-" + std::to_string(at.offset); }

void truth::add(const std::string& channel, const std::string& epoch, publication what) {
  auto& row = streams_[{channel, epoch}];
  const auto offset = what.offset;
  const auto [there, fresh] = row.try_emplace(offset, what);
  if (!fresh) {
    if (there->second.text != what.text)
      conflicts_.push_back(channel + " " + to_string({epoch, offset}) + " is " + there->second.text + " and " + what.text);
    return;
  }
  ++size_;
  if (!what.cause.empty())
    ++causes_[what.cause];
}

const truth::stream& truth::stream_of(const std::string& channel, const std::string& epoch) const {
  static const stream nothing;
  const auto found = streams_.find({channel, epoch});
  return found == streams_.end() ? nothing : found->second;
}

const publication* truth::next(const std::string& channel, const place& at, std::string_view session) const {
  const auto& row = stream_of(channel, at.epoch);
  for (auto i = row.upper_bound(at.offset); i != row.end(); ++i)
    if (i->second.except.empty() || i->second.except != session)
      return &i->second;
  return nullptr;
}

const publication* truth::find(const std::string& channel, const place& at) const {
  const auto& row = stream_of(channel, at.epoch);
  const auto found = row.find(at.offset);
  return found == row.end() ? nullptr : &found->second;
}

std::uint64_t truth::count(const std::string& channel, const place& from, std::uint64_t to, std::string_view session) const {
  std::uint64_t all = 0;
  place at = from;
  while (const auto* p = next(channel, at, session)) {
    if (p->offset > to)
      break;
    ++all;
    at.offset = p->offset;
  }
  return all;
}

std::uint64_t truth::head(const std::string& channel, const std::string& epoch) const {
  const auto& row = stream_of(channel, epoch);
  return row.empty() ? 0 : row.rbegin()->first;
}

} // namespace troupe::ledger
