#pragma once
/// What the query of a request asks the API for. What cannot be read throws `bad_body`.

#include "actors/endpoints/api_body.hpp"
#include "actors/messages/list_query.hpp"
#include "transports/http.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::actors {

/// A number; nothing if it is not said.
template <class Number>
[[nodiscard]] std::optional<Number> number_of(const transports::http_request& request, std::string_view name) {
  const auto text = request.parameter(name);
  if (!text)
    return std::nullopt;
  Number n = 0;
  const auto read = std::from_chars(text->data(), text->data() + text->size(), n);
  if (read.ec != std::errc{} || read.ptr != text->data() + text->size())
    throw bad_body{{error_code::bad_message, std::string{name} + ": expected a number"}};
  return n;
}

/// `q`, `sort`, `limit`, `after`.
[[nodiscard]] channel_query channel_query_of(const transports::http_request& request);

/// The same, and `channel`, `transport`.
[[nodiscard]] session_query session_query_of(const transports::http_request& request);

/// Where the next page begins, as `after` wants it back.
[[nodiscard]] std::string cursor_of(const channel_query& of, const page_picker<std::string>::place& last);
[[nodiscard]] std::string cursor_of(std::int64_t rank, session_id last);

} // namespace troupe::actors
