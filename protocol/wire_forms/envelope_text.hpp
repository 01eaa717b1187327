#pragma once
/// The envelopes of troupe.v1 (docs/protocol.md, "Server to client"), without framing.

#include "protocol/messages.hpp"

#include <string>
#include <string_view>

namespace troupe::protocol {

// -- JSON ---------------------------------------------------------------------

void append_json_broadcast(std::string& out, std::string_view channel, const troupe::publication& p);
void append_json_message(std::string& out, const server_message& m);

/// The same object without its `type`: for forms that name the type elsewhere.
void append_json_details(std::string& out, const server_message& m);

/// One of the `joined` of a presence change.
void append_json_member(std::string& out, const member_info& who);

/// How a stream greets: `{"type":"connected","time":…,"session":…,"token":…}`.
void append_json_connected(std::string& out, const welcome& m);

// -- msgpack ------------------------------------------------------------------

void append_msgpack_broadcast(std::string& out, std::string_view channel, const troupe::publication& p);
void append_msgpack_message(std::string& out, const server_message& m);

} // namespace troupe::protocol
