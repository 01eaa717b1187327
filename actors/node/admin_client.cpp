#include "actors/node/admin_client.hpp"

#include "config/api_key.hpp"
#include "transports/http_client.hpp"

#include <nlohmann/json.hpp>
#include <troupe/publication.hpp>

#include <ostream>

namespace troupe::actors {

namespace {

using json = nlohmann::ordered_json;

constexpr int status_unavailable = 69; // sysexits EX_UNAVAILABLE
constexpr int status_no_permission = 77;
constexpr int status_failed = 1;

/// Sends with the key; the body of a 200, or nothing after saying why not.
std::optional<std::string> ask(const config::command_line& line, transports::client_request what, std::ostream& err,
                               int& status) {
  const auto key = config::client_api_key(line.config.values.api, line.connect.port);
  what.host = line.connect.host;
  what.port = line.connect.port;
  if (key)
    what.headers.emplace_back("Authorization", "Bearer " + key->text);
  const auto answer = transports::request_http(what); // without a key, too: where no node runs, no key is missing
  if (!answer) {
    err << line.program << ": " << answer.error() << '\n';
    status = status_unavailable;
    return std::nullopt;
  }
  if (!key) {
    err << line.program << ": " << key.error() << '\n';
    status = status_no_permission;
    return std::nullopt;
  }
  if (answer->status == 200)
    return answer->body;
  const auto body = json::parse(answer->body, nullptr, false);
  const auto message = body.is_object() && body.contains("error") ? body["error"].value("message", "") : "";
  err << line.program << ": " << (message.empty() ? "the node answered with status " + std::to_string(answer->status) : message) << '\n';
  if (answer->status == 401)
    err << "troupe: the key used was " << key->from << '\n';
  status = answer->status == 401 ? status_no_permission : status_failed;
  return std::nullopt;
}

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

std::string line_of(const json& actor) {
  auto text = actor.value("name", "?");
  const auto kind = actor.value("kind", "");
  if (kind == "supervisor" && !text.starts_with("node "))
    text += " (supervisor)";
  const auto state = actor.value("state", "");
  if (state != "running" && state != "live")
    text += "  " + state;
  if (const auto n = actor.value("restarts", 0); n > 0)
    text += "  " + std::to_string(n) + (n == 1 ? " restart" : " restarts");
  std::string figures;
  const auto info = actor.value("info", json::object());
  for (const auto& [name, value] : info.items())
    figures += (figures.empty() ? "  " : ", ") + name + " " + (value.is_string() ? value.get<std::string>() : value.dump());
  return text + figures;
}

void draw(std::string& out, const json& actor, const std::string& indent) {
  const auto children = actor.value("children", json::array());
  for (std::size_t i = 0; i < children.size(); ++i) {
    const bool last = i + 1 == children.size();
    out += indent + (last ? "└─ " : "├─ ") + line_of(children[i]) + "\n";
    draw(out, children[i], indent + (last ? "   " : "│  "));
  }
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
  int status = config::status_ok;
  transports::client_request what;
  what.target = "/api/tree";
  if (const auto body = ask(line, std::move(what), err, status))
    out << draw_tree(*body);
  return status;
}

int print_observer_link(const config::command_line& line, std::ostream& out, std::ostream& err) {
  int status = config::status_ok;
  transports::client_request what;
  what.method = "POST";
  what.target = "/api/observer_link";
  what.body = "{}";
  what.headers.emplace_back("Content-Type", "application/json");
  const auto body = ask(line, std::move(what), err, status);
  if (!body)
    return status;
  const auto& host = line.connect.host;
  const auto answer = json::parse(*body, nullptr, false);
  out << "http://" << (host.find(':') == std::string::npos ? host : "[" + host + "]") << ':' << line.connect.port
      << (answer.is_object() ? answer.value("path", "/observer") : "/observer") << "  (this link works once)\n";
  return status;
}

int kill_target(const config::command_line& line, std::ostream& out, std::ostream& err) {
  const bool is_session = parse_session_id(line.target).has_value();
  const json body{{is_session ? "session" : "channel", line.target}};
  int status = config::status_ok;
  transports::client_request what;
  what.method = "POST";
  what.target = "/api/kill";
  what.body = body.dump();
  what.headers.emplace_back("Content-Type", "application/json");
  if (const auto answer = ask(line, std::move(what), err, status))
    out << (is_session ? "killed " + line.target + "\n" : channel_killed_text(line.target, *answer));
  return status;
}

} // namespace troupe::actors
