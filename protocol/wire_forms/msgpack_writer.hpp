#pragma once

#include "protocol/messages.hpp"
#include "protocol/msgpack_text.hpp"

#include <cassert>
#include <cstddef>

namespace troupe::protocol {

/// Writes msgpack maps of at most 15 members, member by member; `json_writer` has the same verbs.
class msgpack_writer {
 public:
  explicit msgpack_writer(std::string& out) : out_(out), pack_(out) {}

  /// Where the map that `close` ends began, and how many members the one around it has so far.
  struct mark {
    std::size_t at;
    unsigned members_around;
  };

  // -- containers -------------------------------------------------------------

  mark open() {
    const mark m{out_.size(), members_};
    out_ += '\x80';
    members_ = 0;
    return m;
  }

  void close(mark m) {
    assert(members_ < 16);
    out_[m.at] = static_cast<char>(0x80 | members_);
    members_ = m.members_around;
  }

  template <class Items, class WriteItem>
  void objects(std::string_view name, const Items& items, WriteItem write) {
    key(name);
    pack_.array(items.size());
    for (const auto& item : items) {
      const auto object = open();
      write(item);
      close(object);
    }
  }

  template <class Items>
  void texts(std::string_view name, const Items& items) {
    key(name);
    pack_.array(items.size());
    for (const auto& item : items)
      pack_.string(item);
  }

  // -- members ----------------------------------------------------------------

  void text(std::string_view name, std::string_view value) { key(name), pack_.string(value); }
  void integer(std::string_view name, std::int64_t value) { key(name), pack_.integer(value); }
  void count(std::string_view name, std::uint64_t value) { key(name), pack_.unsigned_integer(value); }
  void flag(std::string_view name, bool value) { key(name), pack_.boolean(value); }
  void null(std::string_view name) { key(name), pack_.nil(); }
  void data(std::string_view name, const payload& value) { key(name), value.append_msgpack(out_); }

 private:
  void key(std::string_view name) {
    pack_.string(name);
    ++members_;
  }

  std::string& out_;
  msgpack_out pack_;
  unsigned members_ = 0;
};

} // namespace troupe::protocol
