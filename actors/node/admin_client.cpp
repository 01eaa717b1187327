#include "actors/node/admin_client.hpp"

#include "actors/node/admin_request.hpp"
#include "actors/node/admin_rows.hpp"

#include <nlohmann/json.hpp>
#include <troupe/publication.hpp>

#include <algorithm>
#include <ostream>

namespace troupe::actors {

namespace {

using json = nlohmann::ordered_json;

constexpr std::size_t channels_drawn = 50; // what is below them is to be seen, too

std::string channel_killed_text(const std::string& channel, const std::string& answer) {
  const auto body = json::parse(answer, nullptr, false);
  if (!body.is_object() || body.value("restarted", false))
    return "killed " + channel + ": it has a new object\n";
  if (!body.contains("waits"))
    return "killed " + channel + ": that was one restart too many, it has failed\n";
  const auto& waits = body["waits"];
  auto text = "the kill of " + channel + " waits: ";
  if (!waits.contains("event"))
    return text + "the channel has not answered yet\n";
  return text + waits.value("for", "?") + " runs `" + waits.value("event", "?") + "` for " +
         std::to_string(waits.value("ms", 0) / 1000) + " s; a handler cannot be stopped, the kill follows once it returns\n";
}

std::string figure_of(const std::string& name, const json& value) {
  if (name == "uptime" && value.is_number_unsigned())
    return "up " + duration_text(value.get<std::uint64_t>());
  return name + " " + (value.is_string() ? value.get<std::string>() : value.is_number_unsigned() ? grouped(value.get<std::uint64_t>()) : value.dump());
}

std::string line_of(const json& actor) {
  auto text = actor.value("name", "?");
  const auto kind = actor.value("kind", "");
  if (kind == "supervisor" && !text.starts_with("node "))
    text += " (supervisor)";
  const auto state = actor.value("state", "");
  if (state != "running" && state != "live")
    text += "  " + state;
  const auto info = actor.value("info", json::object());
  if (info.contains("runs"))
    return text + ": " + printable(info["runs"].get<std::string>()) + " for " +
           duration_text(static_cast<std::uint64_t>(info.value("seconds", 0.0)));
  if (const auto n = actor.value("restarts", 0); n > 0)
    text += "  " + std::to_string(n) + (n == 1 ? " restart" : " restarts");
  std::string figures;
  for (const auto& [name, value] : info.items())
    figures += (figures.empty() ? "  " : ", ") + figure_of(name, value);
  return text + figures;
}

/// Of the channels only the first are in it.
std::size_t left_out_of(const json& actor) {
  const auto all = actor.value("info", json::object()).value("channels", std::size_t{0});
  return all - std::min(all, actor.value("children", json::array()).size());
}

void draw(std::string& out, const json& actor, const std::string& indent) {
  const auto children = actor.value("children", json::array());
  const auto left_out = left_out_of(actor);
  for (std::size_t i = 0; i < children.size(); ++i) {
    const bool last = i + 1 == children.size() && left_out == 0;
    out += indent + (last ? "└─ " : "├─ ") + line_of(children[i]) + "\n";
    draw(out, children[i], indent + (last ? "   " : "│  "));
  }
  if (left_out > 0)
    out += indent + "└─ and " + grouped(left_out) + " more: `channels` lists them\n";
}

} // namespace

std::string draw_tree(std::string_view text) {
  const auto tree = json::parse(text, nullptr, false);
  if (!tree.is_object())
    return "the node's answer is no tree\n";
  std::string out = line_of(tree) + "\n";
  draw(out, tree, "");
  return out;
}

int print_tree(const config::command_line& line, std::ostream& out, std::ostream& err) {
  const auto body = get(line, "/api/tree?limit=" + std::to_string(channels_drawn));
  if (!body)
    return report(line, body.error(), err);
  out << draw_tree(*body) << std::flush;
  const auto tree = object_of(*body);
  if (const auto who = incomplete_text(tree); !who.empty())
    err << line.program << ": " << who << '\n';
  for (const auto& text : slow_texts(tree)) // perhaps of a channel that is left out
    err << line.program << ": " << text << '\n';
  return config::status_ok;
}

int print_observer_link(const config::command_line& line, std::ostream& out, std::ostream& err) {
  const auto body = post(line, "/api/observer_link", "{}");
  if (!body)
    return report(line, body.error(), err);
  const auto& host = line.connect.host;
  const auto answer = json::parse(*body, nullptr, false);
  out << "http://" << (host.find(':') == std::string::npos ? host : "[" + host + "]") << ':' << line.connect.port
      << (answer.is_object() ? answer.value("path", "/observer") : "/observer") << "  (this link works once)\n";
  return config::status_ok;
}

int kill_target(const config::command_line& line, std::ostream& out, std::ostream& err) {
  const auto& target = line.words.front();
  const bool is_session = parse_session_id(target).has_value();
  const auto body = post(line, "/api/kill", json{{is_session ? "session" : "channel", target}}.dump());
  if (!body)
    return report(line, body.error(), err);
  out << (is_session ? "killed " + target + "\n" : channel_killed_text(target, *body));
  return config::status_ok;
}

} // namespace troupe::actors
