#pragma once

#include "actors/channels/overheard.hpp"
#include "protocol/messages.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

/// The data of replies that the channel itself gives: JSON, written once. Pure.
namespace troupe::actors::reply_bodies {

/// `{"epoch":"k3f","offset":12}`; no offset: null (ephemeral).
[[nodiscard]] payload kept_at(std::string_view epoch, std::optional<offset_t> offset);

/// `{"publications":[envelopes],"epoch":…,"offset":head,"recovered":…,"more":…}`; `recovered` only if `since` was given:
/// whether all that came after it is there. `with_addressees`, which clients are not told: each that is not for all says
/// whom it is for, `"group":"red","only":["s4"],"except":["s9"]`. To who overhears the channel also
/// `"ephemeral":[envelopes],"overheard":count`.
[[nodiscard]] payload history(std::string_view channel, const std::vector<publication_ptr>& items, const position& head,
                              std::optional<bool> recovered, bool more, bool with_addressees,
                              const std::optional<overheard::page>& also = {});

/// `{"members":[{"session":"s4","user":"u","data":{}}],"count":all,"more":…}`
[[nodiscard]] payload presence(std::span<const protocol::member_info> members, std::size_t count, bool more);

} // namespace troupe::actors::reply_bodies
