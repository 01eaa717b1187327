#pragma once
/// A `publish` as the application wants it. Pure.

#include "clients/cpp/core/command.hpp"

#include <troupe/client_channel.hpp>

#include <utility>

namespace troupe::clients {

[[nodiscard]] inline command publish_command(std::string event, payload data, const client_publish& how) {
  command what{"publish"};
  what.data = std::move(data);
  if (!event.empty())
    what.more["event"] = std::move(event);
  if (!how.echo)
    what.more["echo"] = false;
  if (how.ephemeral)
    what.more["ephemeral"] = true;
  return what;
}

} // namespace troupe::clients
