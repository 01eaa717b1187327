// `troupe top`: the node's figures and its busiest channels, again and again.

#include "actors/node/admin_commands.hpp"
#include "actors/node/admin_request.hpp"
#include "actors/node/admin_rows.hpp"
#include "actors/node/terminal.hpp"

#include <algorithm>
#include <chrono>
#include <ostream>

namespace troupe::actors {

namespace {

using nlohmann::json;
using clock = std::chrono::steady_clock;

constexpr std::size_t head_lines = 4; // above the table
constexpr std::uint64_t seconds_default = 2;
constexpr auto first_look = std::chrono::milliseconds{500}; // rates need two

/// One look at the node.
struct look {
  clock::time_point at;
  json figures, channels;
};

tl::expected<look, request_failure> look_at(const config::command_line& line, std::size_t rows) {
  const auto figures = get_open(line, "/metrics");
  if (!figures)
    return tl::unexpected(figures.error());
  const auto channels = get(line, target_of("/api/channels", {{"sort", "-rate"}, {"limit", std::to_string(rows)}}));
  if (!channels)
    return tl::unexpected(channels.error());
  return look{clock::now(), object_of(*figures), object_of(*channels)};
}

double per_second(const look& before, const look& now, const char* name) {
  const auto a = number_in(before.figures, name), b = number_in(now.figures, name);
  const auto passed = std::chrono::duration<double>(now.at - before.at).count();
  return b > a && passed > 0 ? static_cast<double>(b - a) / passed : 0;
}

json as_json(const look& before, const look& now) {
  return {{"published_per_s", per_second(before, now, "publications")}, {"sent_per_s", per_second(before, now, "messagesSent")},
          {"received_per_s", per_second(before, now, "messagesReceived")}, {"errors_per_s", per_second(before, now, "errors")},
          {"figures", now.figures}, {"channels", now.channels.value("channels", json::array())}};
}

/// What is not as it should be; empty: nothing.
std::string trouble_of(const json& channels) {
  auto text = incomplete_text(channels);
  for (const auto& slow : slow_texts(channels))
    text += (text.empty() ? "" : "; ") + slow;
  return text;
}

std::vector<std::string> head_of(const look& before, const look& now) {
  const auto& f = now.figures;
  std::uint64_t sessions = 0;
  std::string by_transport;
  const auto all = f.value("sessions", json::object());
  for (const auto& [kind, n] : all.items()) {
    sessions += n.is_number() ? n.get<std::uint64_t>() : 0;
    by_transport += (by_transport.empty() ? "" : ", ") + kind + " " + (n.is_number() ? grouped(n.get<std::uint64_t>()) : "?");
  }
  const auto rate = [&](const char* name) { return rate_text(per_second(before, now, name)) + "/s"; };
  return {"node " + printable(f.value("node", "?")) + ", up " + duration_text(number_in(f, "uptime") / 1'000) + ", " +
              bytes_text(number_in(f.value("process", json::object()), "resident_bytes")) + " of memory",
          "sessions " + grouped(sessions) + " (" + by_transport + "), channels " + grouped(number_in(f, "channels")) +
              ", restarts " + grouped(number_in(f, "restarts")),
          "published " + rate("publications") + ", sent " + rate("messagesSent") + ", received " + rate("messagesReceived") +
              ", errors " + rate("errors"),
          trouble_of(now.channels)};
}

std::vector<std::string> frame(const look& before, const look& now, const terminal& to) {
  auto lines = head_of(before, now);
  for (auto& line : lines)
    line = cut_to(line, to.columns);
  if (!lines.back().empty())
    lines.back() = std::string{to.amber()} + lines.back() + std::string{to.plain()};
  for (auto& line : channel_table(now.channels).lines(to.columns, to.bold(), to.plain()))
    lines.push_back(std::move(line));
  return lines;
}

/// A screen of its own while it lives, if it is a terminal; else frames follow each other.
class screen {
 public:
  explicit screen(std::ostream& out) : out_(out), is_terminal_(terminal::now().is_one) {
    if (is_terminal_)
      out_ << "\x1b[?1049h\x1b[?25l";
  }
  ~screen() {
    if (is_terminal_)
      out_ << "\x1b[?25h\x1b[?1049l" << std::flush;
  }
  screen(const screen&) = delete;
  screen& operator=(const screen&) = delete;

  /// Over what was there: a line that became shorter leaves nothing behind, and nothing flickers.
  void show(const std::vector<std::string>& lines, const terminal& to) {
    if (is_terminal_)
      out_ << "\x1b[H";
    const auto n = is_terminal_ ? std::min(lines.size(), to.lines) : lines.size();
    for (std::size_t i = 0; i < n; ++i)
      out_ << lines[i] << (is_terminal_ ? "\x1b[K" : "") << (is_terminal_ && i + 1 == n ? "" : "\n");
    out_ << (is_terminal_ ? "\x1b[J" : "\n") << std::flush;
  }

 private:
  std::ostream& out_;
  const bool is_terminal_;
};

std::size_t rows_of(const terminal& to) {
  const auto others = head_lines + 1;
  return to.lines > others ? std::min<std::size_t>(to.lines - others, 1'000) : 1;
}

} // namespace

int top_command(const config::command_line& line, std::ostream& out, std::ostream& err) {
  const std::chrono::seconds interval{line.number("interval", seconds_default)};
  auto before = look_at(line, rows_of(terminal::now()));
  if (!before)
    return report(line, before.error(), err);
  auto looks = line.number("count", static_cast<std::uint64_t>(-1));
  int status = config::status_ok;
  std::string why;
  {
    patience until{true};
    std::optional<screen> on;
    if (!line.has("json"))
      on.emplace(out);
    for (auto wait = std::chrono::milliseconds{first_look}; until.wait(wait); wait = interval) {
      const auto to = terminal::now();
      auto now = look_at(line, rows_of(to));
      if (!now) {
        status = now.error().status;
        why = now.error().text;
        break;
      }
      if (on)
        on->show(frame(*before, *now, to), to);
      else
        out << as_json(*before, *now).dump(-1, ' ', false, json::error_handler_t::replace) << std::endl;
      before = std::move(now);
      if (--looks == 0 || !out)
        break;
    }
  }
  return why.empty() ? config::status_ok : report(line, {status, why}, err);
}

} // namespace troupe::actors
