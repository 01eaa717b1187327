// `troupe channels`, `sessions` and `stats`.

#include "actors/node/admin_commands.hpp"
#include "actors/node/admin_request.hpp"
#include "actors/node/admin_rows.hpp"
#include "actors/node/terminal.hpp"

#include <ostream>

namespace troupe::actors {

namespace {

using nlohmann::json;

/// What the table does not say: how many there are, and how to see the others.
void print_rest(const config::command_line& line, const json& page, std::size_t rows, std::ostream& err) {
  const auto total = number_in(page, "total");
  if (const auto who = incomplete_text(page); !who.empty())
    err << line.program << ": " << who << '\n';
  for (const auto& text : slow_texts(page))
    err << line.program << ": " << text << '\n';
  if (total == 0)
    err << "none\n";
  if (rows >= total && !page.contains("next"))
    return;
  err << grouped(rows) << " of " << grouped(total);
  if (page.contains("next") && page["next"].is_string())
    err << "; for the others: --after '" << printable(page["next"].get<std::string>()) << "', --limit, --search";
  err << '\n';
}

int list(const config::command_line& line, std::string target, const char* rows, text_table (*table_of)(const json&),
         std::ostream& out, std::ostream& err) {
  const auto body = get(line, std::move(target));
  if (!body)
    return report(line, body.error(), err);
  if (line.has("json")) {
    out << *body << '\n';
    return config::status_ok;
  }
  const auto page = object_of(*body);
  const auto to = terminal::now();
  for (const auto& text : table_of(page).lines(to.is_one ? to.columns : 1'000, to.bold(), to.plain()))
    out << text << '\n';
  out.flush();
  print_rest(line, page, page.value(rows, json::array()).size(), err);
  return config::status_ok;
}

/// What the lists have in common.
std::vector<std::pair<std::string_view, std::string>> query_of(const config::command_line& line) {
  return {{"q", line.option("search")}, {"sort", line.option("sort")}, {"limit", line.option("limit", "50")},
          {"after", line.option("after")}, {"channel", line.option("channel")}};
}

std::string sessions_text(const json& by_transport) {
  std::string text;
  std::uint64_t all = 0;
  for (const auto& [kind, n] : by_transport.items()) {
    all += n.is_number() ? n.get<std::uint64_t>() : 0;
    text += (text.empty() ? "" : ", ") + kind + " " + grouped(n.is_number() ? n.get<std::uint64_t>() : 0);
  }
  return grouped(all) + (text.empty() ? "" : " (" + text + ")");
}

} // namespace

int list_channels_command(const config::command_line& line, std::ostream& out, std::ostream& err) {
  return list(line, target_of("/api/channels", query_of(line)), "channels", channel_table, out, err);
}

int list_sessions_command(const config::command_line& line, std::ostream& out, std::ostream& err) {
  return list(line, target_of("/api/connections", query_of(line)), "connections", session_table, out, err);
}

int stats_command(const config::command_line& line, std::ostream& out, std::ostream& err) {
  const auto body = get_open(line, "/metrics");
  if (!body)
    return report(line, body.error(), err);
  if (line.has("json")) {
    out << *body << '\n';
    return config::status_ok;
  }
  const auto all = object_of(*body);
  const auto row = [&](const char* name, const std::string& value) { out << name << value << '\n'; };
  row("node               ", printable(all.value("node", "?")));
  row("up                 ", duration_text(number_in(all, "uptime") / 1'000));
  row("sessions           ", sessions_text(all.value("sessions", json::object())));
  row("away               ", grouped(number_in(all, "sessions_detached")));
  row("channels           ", grouped(number_in(all, "channels")));
  row("published          ", grouped(number_in(all, "publications")));
  row("messages received  ", grouped(number_in(all, "messagesReceived")));
  row("messages sent      ", grouped(number_in(all, "messagesSent")));
  row("bytes received     ", bytes_text(number_in(all, "bytes_received")));
  row("bytes sent         ", bytes_text(number_in(all, "bytes_sent")));
  row("errors             ", grouped(number_in(all, "errors")));
  row("gaps               ", grouped(number_in(all, "gaps")));
  row("restarts           ", grouped(number_in(all, "restarts")));
  row("handler failures   ", grouped(number_in(all, "handler_failures")));
  row("slow handlers      ", grouped(number_in(all, "slow_handlers")) + " (" + grouped(number_in(all, "slow_handlers_running")) + " now)");
  const auto process = all.value("process", json::object());
  row("open files         ", grouped(number_in(process, "open_fds")) + " of " + grouped(number_in(process, "max_fds")));
  row("memory             ", bytes_text(number_in(process, "resident_bytes")));
  const auto passed = all.value("limits_passed", json::object());
  for (const auto& [limit, n] : passed.items())
    out << "passed             " << limit << ", " << (n.is_number() ? grouped(n.get<std::uint64_t>()) : "?") << " times\n";
  return config::status_ok;
}

} // namespace troupe::actors
