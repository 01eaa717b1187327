#pragma once
/// The built-in channel without logic: takes whatever its namespace lets clients publish, answers no calls.
/// Any event name that is not reserved. Owner and thread: as any channel object.

#include <troupe/channel.hpp>

namespace troupe::actors {

class open_channel final : public troupe::channel {
 public:
  publish_result on_publish(const member&, draft&) override { return done(); }
};

} // namespace troupe::actors
