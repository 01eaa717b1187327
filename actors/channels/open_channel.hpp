#pragma once

#include <troupe/channel.hpp>

namespace troupe::actors {

/// The built-in channel without logic: takes what its namespace lets clients publish, under any event name that is
/// not reserved, and answers no calls. Owner and thread: as any channel object.
class open_channel final : public troupe::channel {};

} // namespace troupe::actors
