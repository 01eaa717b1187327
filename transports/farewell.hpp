#pragma once
/// The end of a connection after the last byte was written: says so, reads until the peer has closed as well, so that
/// no reset overtakes what was sent (RFC 9112 section 9.6), and closes at the latest after the closing time.
///
/// Owner: itself, on the list of its port. Thread: the I/O thread of its shard.

#include "transports/duplex.hpp"

namespace troupe::transports {

class farewell final : public duplex_owner, public resident, public deadline_entry {
 public:
  /// The outbox of `line` is empty.
  static void say(port& port, duplex_ptr line);

 private:
  explicit farewell(duplex_ptr line) noexcept : line_(std::move(line)) {}

  void on_readable() override;
  void on_written() override {}
  void on_broken(boost::system::error_code) override { end(); }
  void on_deadline() override { end(); }
  void evict() override { end(); }
  void end();

  port* port_ = nullptr;
  duplex_ptr line_;
};

} // namespace troupe::transports
