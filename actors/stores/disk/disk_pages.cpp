#include "actors/stores/disk/disk_pages.hpp"

#include "actors/stores/disk/chunk.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace troupe::actors {

namespace {

using family = disk_engine::family;

/// A page that grows one publication at a time, next to the one before.
class growing_page {
 public:
  growing_page(offset_t next, std::size_t items_max, std::size_t bytes_max)
      : next_(next), items_max_(items_max), bytes_max_(bytes_max) {}

  /// False: it is full, or what came is not what should.
  bool add(const chunk_entry& entry, bool backwards) {
    bytes_ += entry.weight;
    page.more = !page.items.empty() && (page.items.size() >= items_max_ || bytes_ > bytes_max_);
    if (page.more)
      return false;
    auto what = entry.offset == next_ ? publication_of(entry) : nullptr;
    damaged_ = what == nullptr;
    if (damaged_)
      return false;
    next_ = backwards ? next_ - 1 : next_ + 1;
    page.items.push_back(std::move(what));
    return true;
  }

  [[nodiscard]] offset_t next() const noexcept { return next_; }
  [[nodiscard]] bool damaged() const noexcept { return damaged_; }

  history_page page;

 private:
  offset_t next_;
  const std::size_t items_max_, bytes_max_;
  std::size_t bytes_ = 0;
  bool damaged_ = false;
};

tl::unexpected<std::string> missing(offset_t what) {
  return tl::unexpected("damaged: publication " + std::to_string(what) + " should be there");
}

} // namespace

disk_engine::result<history_page> disk_pages::after(const channel_record& of, offset_t since, std::size_t items_max,
                                                    std::size_t bytes_max) {
  const auto begin = std::max(since + 1, of.first);
  growing_page found{begin, items_max, bytes_max};
  if (since >= of.head)
    return std::move(found.page);
  found.page.lost = since + 1 < of.first;
  if (begin > of.head)
    return std::move(found.page);
  const auto visit = [&](std::string_view name, std::string_view chunk) {
    chunk_reader in{offset_of(name), chunk};
    while (const auto entry = in.next()) {
      if (entry->offset > of.head)
        return false;
      if (entry->offset >= begin && !found.add(*entry, false))
        return false;
    }
    return !in.damaged();
  };
  const auto read = engine_.read_on(family::publications, record_name(of.id, 0), record_name(of.id, begin),
                                    record_name(of.id, last_offset), visit);
  if (!read)
    return tl::unexpected(read.error());
  if (found.damaged() || (!found.page.more && found.next() <= of.head))
    return missing(found.next());
  return std::move(found.page);
}

disk_engine::result<history_page> disk_pages::before(const channel_record& of, offset_t end, std::size_t items_max,
                                                     std::size_t bytes_max) {
  const auto begin = end == 0 || end > of.head ? of.head : end - 1;
  growing_page found{begin, items_max, bytes_max};
  if (begin < of.first || begin == 0)
    return std::move(found.page);
  const auto visit = [&](std::string_view name, std::string_view chunk) {
    std::vector<chunk_entry> wanted;
    chunk_reader in{offset_of(name), chunk};
    while (const auto entry = in.next())
      if (entry->offset >= of.first && entry->offset <= begin)
        wanted.push_back(*entry);
    for (auto e = wanted.rbegin(); e != wanted.rend(); ++e)
      if (!found.add(*e, true))
        return false;
    return !in.damaged() && found.next() >= of.first;
  };
  const auto read = engine_.read_back(family::publications, record_name(of.id, 0), record_name(of.id, begin), visit);
  if (!read)
    return tl::unexpected(read.error());
  if (found.damaged() || (!found.page.more && found.next() >= of.first))
    return missing(found.next());
  std::reverse(found.page.items.begin(), found.page.items.end());
  return std::move(found.page);
}

} // namespace troupe::actors
