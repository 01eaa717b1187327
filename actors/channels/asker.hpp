#pragma once

#include "actors/link/channel_end.hpp"

#include <optional>
#include <string>
#include <utility>

namespace troupe::actors {

/// Who sent a command, and what an answer to it looks like on its link. A value; thread: the channel's.
struct asker {
  channel_end_ptr via;
  session_id from;
  protocol::request_id id;
  bool trusted = false;
  command_number number = 0; ///< of `via`
  std::string user;          ///< as the shard knows it; empty: none
  payload user_data{};       ///< of that user

  /// Nothing to say, but the command is done.
  [[nodiscard]] outbound_item done() const { return {std::nullopt, from, number}; }

  /// Who gave no id hears of errors only.
  [[nodiscard]] outbound_item reply(payload data) const {
    if (!protocol::has_id(id))
      return done();
    return said(protocol::reply{id, std::move(data)});
  }
  [[nodiscard]] outbound_item error(failure why, const std::string& channel) const {
    return said(protocol::error{id, std::move(why), channel});
  }
  [[nodiscard]] outbound_item said(protocol::server_message what) const {
    return {actors::said{from, std::move(what), number}, from, number};
  }
  [[nodiscard]] outbound_item join_refused(failure why, const std::string& channel) const {
    return {actors::join_refused{from, {id, std::move(why), channel}}, from, number};
  }
};

} // namespace troupe::actors
