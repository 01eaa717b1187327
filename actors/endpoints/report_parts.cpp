#include "actors/endpoints/report_parts.hpp"

#include "transports/http.hpp"

#include <cmath>
#include <string_view>
#include <utility>

namespace troupe::actors {

using json = nlohmann::ordered_json;

namespace {

constexpr std::string_view channel_prefix = "channel ";

} // namespace

double seconds_of(std::chrono::nanoseconds t) { return std::round(std::chrono::duration<double>(t).count() * 10) / 10; }

std::vector<running_handlers::run> slow_of(const endpoint_state& of) {
  return of.running.running(of.settings.channels.slow_handler);
}

json slow_json(const std::vector<running_handlers::run>& slow) {
  auto all = json::array();
  for (const auto& one : slow)
    all.push_back({{"actor", one.who}, {"event", one.event}, {"seconds", seconds_of(one.ran)}});
  return all;
}

json unanswered_of(const std::vector<channel_description>& all) {
  auto names = json::array();
  for (const auto& c : all)
    if (!c.answered())
      names.push_back(std::string{channel_prefix} + c.name);
  return names;
}

void add_stuck(channel_list& to, const std::vector<running_handlers::run>& slow) {
  for (const auto& one : slow)
    if (one.who.starts_with(channel_prefix)) {
      channel_description c;
      c.name = one.who.substr(channel_prefix.size());
      c.state = "stuck";
      c.running = one.event;
      c.running_for = std::chrono::duration_cast<std::chrono::milliseconds>(one.ran);
      to.order.push_back({0, c.name});
      to.channels.push_back(std::move(c));
    }
}

void respond_with(const transports::exchange_ptr& to, json body, const std::vector<std::string>& missed) {
  auto& unanswered = body.emplace("unanswered", json::array()).first.value();
  for (const auto& name : missed)
    unanswered.push_back(name);
  body["incomplete"] = !unanswered.empty();
  to->respond(transports::http_response::json(200, body.dump(-1, ' ', false, json::error_handler_t::replace)));
}

std::shared_ptr<fan_in> answer_with(transports::exchange_ptr to, std::function<json()> finish) {
  return std::make_shared<fan_in>([to = std::move(to), finish = std::move(finish)](const std::vector<std::string>& missed) {
    respond_with(to, finish(), missed);
  });
}

} // namespace troupe::actors
