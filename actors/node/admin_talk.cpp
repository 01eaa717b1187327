// `troupe publish`, `history` and `tail`: one channel.

#include "actors/node/admin_commands.hpp"
#include "actors/node/admin_request.hpp"
#include "actors/node/admin_rows.hpp"
#include "actors/node/terminal.hpp"
#include "actors/node/text_table.hpp"

#include <algorithm>
#include <ctime>
#include <iostream>
#include <iterator>
#include <ostream>

namespace troupe::actors {

namespace {

using nlohmann::json;

constexpr auto look_again = std::chrono::milliseconds{300};
constexpr std::uint64_t history_default = 100, tail_default = 10;
constexpr std::size_t page_most = 1'000;

// -- publishing ---------------------------------------------------------------

/// JSON as it is, anything else as a text.
std::string data_of(const std::string& said) {
  return json::accept(said) ? said : json(said).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string body_of(const config::command_line& line) {
  auto data = line.words.back();
  if (data == "-")
    data.assign(std::istreambuf_iterator<char>{std::cin}, {});
  const auto quoted = [](const std::string& text) { return json(text).dump(-1, ' ', false, json::error_handler_t::replace); };
  auto body = "{\"channel\":" + quoted(line.words.front());
  if (line.words.size() > 2)
    body += ",\"event\":" + quoted(line.words[1]);
  if (line.has("key"))
    body += ",\"key\":" + quoted(line.option("key"));
  if (line.has("ephemeral"))
    body += ",\"ephemeral\":true";
  return body + ",\"data\":" + data_of(data) + "}"; // as it was written: numbers keep their digits
}

// -- reading ------------------------------------------------------------------

std::string time_of(std::int64_t ms) {
  const auto seconds = static_cast<std::time_t>(ms / 1'000);
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  char text[16];
  const auto n = std::strftime(text, sizeof text, "%H:%M:%S", &parts);
  return {text, n};
}

/// Whom it was said to, where that was not all: " to red (3)", " to s1, s4", " but s9".
std::string addressees(const json& p) {
  constexpr std::size_t names_most = 3;
  const auto names = [&](const char* key) {
    const auto all = p.value(key, json::array());
    if (all.empty() || all.size() > names_most)
      return all.empty() ? std::string{"nobody"} : std::to_string(all.size()) + " sessions";
    std::string text;
    for (const auto& one : all)
      text += (text.empty() ? "" : ", ") + printable(one.get<std::string>());
    return text;
  };
  std::string text;
  if (p.contains("group"))
    text = " to " + printable(p["group"].get<std::string>()) + " (" + std::to_string(p.value("only", json::array()).size()) + ")";
  else if (p.contains("only"))
    text = " to " + names("only");
  return p.contains("except") ? text + " but " + names("except") : text;
}

/// Prints what a channel has kept, in the form that was asked for.
class publication_printer {
 public:
  publication_printer(bool as_json, std::ostream& out) : json_(as_json), out_(out), to_(terminal::now()) {}

  void print(const json& p) {
    if (json_) {
      out_ << p.dump(-1, ' ', false, json::error_handler_t::replace) << '\n';
      return;
    }
    const auto data = p.value("data", json{}).dump(-1, ' ', false, json::error_handler_t::replace);
    out_ << time_of(static_cast<std::int64_t>(number_in(p, "timestamp"))) << ' ' << '@' << number_in(p, "offset") << ' ' << to_.bold()
         << printable(p.value("event", "message")) << to_.plain() << ' ' << printable(data);
    if (p.contains("from") && p["from"].is_string())
      out_ << "  from " << printable(p["from"].get<std::string>());
    if (const auto whom = addressees(p); !whom.empty())
      out_ << ' ' << whom;
    out_ << '\n';
  }

  void gap(const std::string& why) {
    if (json_)
      out_ << json{{"type", "gap"}, {"reason", why}}.dump() << '\n';
    else
      out_ << to_.amber() << "-- " << why << to_.plain() << '\n';
  }

 private:
  const bool json_;
  std::ostream& out_;
  const terminal to_;
};

/// What is said in a channel, page after page from where it stands.
class reader_of_history {
 public:
  explicit reader_of_history(const config::command_line& line) : line_(line) {}

  /// The newest at first, then what came since; whether more is there at once.
  tl::expected<bool, request_failure> read(std::uint64_t newest, publication_printer& into, std::uint64_t& left) {
    const auto first = at_.empty();
    const auto limit = std::to_string(first ? newest : page_most);
    auto got = get(line_, target_of("/api/history", {{"channel", line_.words.front()}, {"since", at_}, {"limit", limit}}));
    if (!got)
      return tl::unexpected(got.error());
    const auto page = object_of(*got);
    const auto epoch = page.value("epoch", "");
    const auto all = page.value("publications", json::array());
    if (page.contains("recovered") && page["recovered"] == false)
      into.gap(epoch == epoch_ ? "something is missing here: it is not kept any more" : "the channel began anew; what came before is gone");
    for (const auto& p : all) {
      if (left == 0)
        break;
      into.print(p);
      --left;
    }
    const bool more = !first && page.value("more", false) && !all.empty();
    epoch_ = epoch;
    at_ = epoch + "-" + std::to_string(more ? number_in(all.back(), "offset") : number_in(page, "offset"));
    return more;
  }

 private:
  const config::command_line& line_;
  std::string epoch_, at_; // where it stands: EPOCH-OFFSET
};

} // namespace

int publish_command(const config::command_line& line, std::ostream& out, std::ostream& err) {
  const auto body = post(line, "/api/publish", body_of(line));
  if (!body)
    return report(line, body.error(), err);
  if (line.has("json")) {
    out << *body << '\n';
    return config::status_ok;
  }
  const auto where = object_of(*body);
  out << "published to " << printable(line.words.front());
  if (number_in(where, "offset") > 0)
    out << " @" << number_in(where, "offset");
  out << '\n';
  return config::status_ok;
}

int history_command(const config::command_line& line, std::ostream& out, std::ostream& err) {
  publication_printer into{line.has("json"), out};
  auto left = line.number("limit", history_default);
  const auto read = reader_of_history{line}.read(left, into, left);
  return read ? config::status_ok : report(line, read.error(), err);
}

/// From the history: nobody joins, and what is ephemeral is not heard. A node that goes away is waited for.
int tail_command(const config::command_line& line, std::ostream& out, std::ostream& err) {
  publication_printer into{line.has("json"), out};
  reader_of_history from{line};
  patience until;
  auto left = line.number("count", static_cast<std::uint64_t>(-1));
  bool begun = false, lost = false;
  for (;;) {
    const auto more = from.read(line.number("limit", tail_default), into, left);
    if (!more && (!begun || more.error().status != status_unavailable))
      return report(line, more.error(), err);
    if (!more && !std::exchange(lost, true))
      report(line, {status_unavailable, more.error().text + "; waiting for it"}, err);
    if (more && std::exchange(lost, false))
      err << line.program << ": it is back\n";
    begun = true;
    if (!out.flush() || left == 0) // whoever read it has gone
      return config::status_ok;
    if ((!more || !*more) && !until.wait(look_again))
      return config::status_ok;
  }
}

} // namespace troupe::actors
