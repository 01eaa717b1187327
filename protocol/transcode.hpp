#pragma once
/// The same value in the other encoding. Pure; thread: any. Input was validated; what is not valid becomes null.

#include <string>
#include <string_view>

namespace troupe::protocol {

/// Integers stay integers, other numbers become float 64.
void append_msgpack_of_json(std::string& out, std::string_view json);

/// Numbers get the shortest text that reads back the same. A `bin` becomes a string of base64.
void append_json_of_msgpack(std::string& out, std::string_view msgpack);

} // namespace troupe::protocol
