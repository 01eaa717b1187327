#include "actors/node/admin_rows.hpp"

#include <chrono>

namespace troupe::actors {

namespace {

using nlohmann::json;

constexpr std::size_t channels_named = 3; // of a session
constexpr std::size_t places_column = 7; // gives way: an id that is cut ends nobody

std::string text_in(const json& row, const char* name) {
  const auto found = row.find(name);
  return found != row.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// A figure, or a dash where it is not known.
std::string figure(const json& row, const char* name) {
  const auto found = row.find(name);
  return found != row.end() && found->is_number() ? grouped(number_in(row, name)) : "-";
}

double real_in(const json& row, const char* name) {
  const auto found = row.find(name);
  return found != row.end() && found->is_number() ? found->get<double>() : 0;
}

std::string state_of(const json& channel) {
  auto text = text_in(channel, "state");
  const auto running = channel.find("running");
  if (running != channel.end() && running->is_object())
    text += ": " + text_in(*running, "event") + " for " + duration_text(static_cast<std::uint64_t>(real_in(*running, "seconds")));
  return text;
}

std::string places_of(const json& session) {
  const auto all = session.value("channels", json::array());
  std::string text;
  for (std::size_t i = 0; i < std::min(all.size(), channels_named); ++i)
    text += (i == 0 ? "" : ", ") + text_in(all[i], "channel") + " @" + std::to_string(number_in(all[i], "offset"));
  const auto in = std::max<std::uint64_t>(number_in(session, "in"), all.size());
  return in > channels_named ? text + " and " + std::to_string(in - channels_named) + " more" : text;
}

std::string age_of(const json& session) {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
  const auto since = static_cast<std::int64_t>(number_in(session, "since"));
  return duration_text(static_cast<std::uint64_t>(std::max<std::int64_t>(now.count() - since, 0) / 1'000));
}

} // namespace

std::uint64_t number_in(const json& row, const char* name) {
  const auto found = row.find(name);
  if (found == row.end() || !found->is_number())
    return 0;
  return found->is_number_unsigned() ? found->get<std::uint64_t>() : static_cast<std::uint64_t>(std::max(found->get<double>(), 0.0));
}

json object_of(const std::string& text) {
  auto read = json::parse(text, nullptr, false);
  return read.is_object() ? read : json::object();
}

text_table channel_table(const json& page) {
  text_table table{{{"CHANNEL"}, {"MEMBERS", true}, {"PUB/S", true}, {"OFFSET", true}, {"RESTARTS", true}, {"STATE"}}};
  for (const auto& c : page.value("channels", json::array()))
    table.add({text_in(c, "name"), figure(c, "members"), rate_text(real_in(c, "rate")), figure(c, "offset"),
               figure(c, "restarts"), state_of(c)});
  return table;
}

text_table session_table(const json& page) {
  text_table table{{{"SESSION"}, {"USER"}, {"TRANSPORT"}, {"FROM"}, {"AGE", true}, {"SENT", true}, {"BEHIND", true}, {"CHANNELS"}}, places_column};
  for (const auto& s : page.value("connections", json::array()))
    table.add({text_in(s, "session"), text_in(s, "user"), text_in(s, "transport") + (s.value("away", false) ? ", away" : ""),
               text_in(s, "peer"), age_of(s), bytes_text(number_in(s, "sent")), figure(s, "lag"), places_of(s)});
  return table;
}

std::string incomplete_text(const json& page) {
  if (!page.value("incomplete", false))
    return {};
  std::string who;
  for (const auto& one : page.value("unanswered", json::array()))
    who += (who.empty() ? "" : ", ") + (one.is_string() ? printable(one.get<std::string>()) : std::string{"?"});
  return "not complete: " + (who.empty() ? std::string{"somebody"} : who) + " did not answer in time";
}

std::vector<std::string> slow_texts(const json& page) {
  std::vector<std::string> all;
  for (const auto& run : page.value("running", json::array()))
    all.push_back(printable(text_in(run, "actor") + " runs `" + text_in(run, "event") + "` for " +
                            duration_text(static_cast<std::uint64_t>(real_in(run, "seconds")))));
  return all;
}

} // namespace troupe::actors
