#include "actors/endpoints/api_queries.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace troupe::actors {

namespace {

using transports::http_request;

template <class Figure>
using names = std::pair<std::string_view, Figure>;

constexpr std::array<names<channel_figure>, 6> channel_figures_by_name{{
    {"name", channel_figure::name}, {"members", channel_figure::members}, {"rate", channel_figure::rate},
    {"publications", channel_figure::publications}, {"offset", channel_figure::offset}, {"restarts", channel_figure::restarts}}};

constexpr std::array<names<session_figure>, 7> session_figures_by_name{{
    {"since", session_figure::since}, {"lag", session_figure::lag}, {"queued", session_figure::queued},
    {"journal", session_figure::journal}, {"sent", session_figure::sent}, {"received", session_figure::received},
    {"channels", session_figure::channels}}};

[[noreturn]] void bad(std::string why) { throw bad_body{{error_code::bad_message, std::move(why)}}; }

std::string text_of(const http_request& request, std::string_view name) {
  return std::string{request.parameter(name).value_or("")};
}

/// `sort=rate`, or `-rate` for the greatest first.
template <class Query, class Table>
void read_order(Query& into, const http_request& request, const Table& table) {
  auto name = request.parameter("sort").value_or("");
  if (name.empty())
    return;
  into.descending = name.starts_with('-');
  name.remove_prefix(into.descending ? 1 : 0);
  const auto found = std::find_if(table.begin(), table.end(), [&](const auto& one) { return one.first == name; });
  if (found == table.end()) {
    std::string all;
    for (const auto& one : table)
      all += (all.empty() ? "" : ", ") + std::string{one.first};
    bad("sort: expected one of " + all + ", with - before it for the greatest first");
  }
  into.by = found->second;
}

std::size_t rows_of(const http_request& request) {
  return std::min(number_of<std::size_t>(request, "limit").value_or(list_rows_max), list_rows_max);
}

/// `VALUE:KEY`.
std::pair<std::int64_t, std::string_view> split_cursor(std::string_view text) {
  const auto colon = text.find(':');
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + std::min(colon, text.size()), value);
  if (colon == std::string_view::npos || read.ec != std::errc{} || read.ptr != text.data() + colon)
    bad("after: expected what `next` said");
  return {value, text.substr(colon + 1)};
}

} // namespace

channel_query channel_query_of(const http_request& request) {
  channel_query q;
  q.part = text_of(request, "q");
  read_order(q, request, channel_figures_by_name);
  q.most = rows_of(request);
  const auto after = request.parameter("after").value_or("");
  if (after.empty())
    return q;
  const auto [value, name] = q.by == channel_figure::name ? std::pair{std::int64_t{0}, after} : split_cursor(after);
  q.after = {value, std::string{name}};
  return q;
}

session_query session_query_of(const http_request& request) {
  session_query q;
  q.part = text_of(request, "q");
  q.channel = text_of(request, "channel");
  q.transport = text_of(request, "transport");
  read_order(q, request, session_figures_by_name);
  q.most = rows_of(request);
  const auto after = request.parameter("after").value_or("");
  if (after.empty())
    return q;
  const auto [value, name] = split_cursor(after);
  const auto id = parse_session_id(name);
  if (!id)
    bad("after: expected what `next` said");
  q.after = {value, *id};
  return q;
}

std::string cursor_of(const channel_query& of, const page_picker<std::string>::place& last) {
  return of.by == channel_figure::name ? last.key : std::to_string(last.value) + ":" + last.key;
}

std::string cursor_of(std::int64_t rank, session_id last) { return std::to_string(rank) + ":" + to_string(last); }

} // namespace troupe::actors
