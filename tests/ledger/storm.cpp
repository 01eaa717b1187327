#include "tests/ledger/storm.hpp"

#include "testing/in_address.hpp"
#include "tests/transports/client.hpp"

#include <algorithm>

namespace troupe::ledger {

using testing::in_address;

using namespace std::chrono_literals;

std::string storm_report::text() const {
  const auto& s = found.all;
  std::string lines = std::to_string(publications) + " publications, received " + std::to_string(s.publications) + "; " +
                      std::to_string(s.privates) + " pushes, " + std::to_string(s.answers) + " answers; " +
                      std::to_string(connections) + " connections of clients (" + std::to_string(proxied) +
                      " through the proxy with their posts), " + std::to_string(s.opened) + " sessions opened, " +
                      std::to_string(s.resumed) + " resumed\ntold: " + std::to_string(s.gaps) + " gaps, " +
                      std::to_string(s.not_recovered) + " not recovered, " + std::to_string(s.privates_lost) +
                      " private lost, " + std::to_string(s.expired) + " sessions gone\nharm:";
  for (const auto& [what, times] : harms)
    lines += " " + std::string{to_string(what)} + " " + std::to_string(times) + ",";
  lines.back() = '\n';
  for (const auto& why : failed)
    lines += "failed: " + why + "\n";
  return lines + found.text();
}

storm::storm(storm_plan plan)
    : plan_(std::move(plan)), fates_(plan_.seed, plan_.weather_is), proxy_(loop_, plan_.port, [this] { return fates_.draw(); }) {
  auto dice = std::mt19937{plan_.seed};
  for (const auto& channel : plan_.open)
    criers_.emplace_back(loop_, plan_.port, plan_.key, channel, dice(), plan_.cries_within, truth_);
  for (std::size_t i = 0; i < plan_.clients; ++i)
    passengers_.emplace_back(loop_, proxy_.port(), dice(), plan_.clients_are, "c" + std::to_string(i),
                             std::vector{plan_.open[i % plan_.open.size()], plan_.told[i / 2 % plan_.told.size()]});
}

storm_report storm::run() {
  begin();
  loop_.run_for(plan_.lasting);
  calm_down();
  come_back(std::nullopt);
  wait_until("commands are answered", [this] { return all_settled(); });
  for (const auto* list : {&plan_.open, &plan_.told})
    for (const auto& channel : *list)
      read_history(channel);
  wait_until("clients have heard all", [this] { return all_caught_up(); });
  come_back(way::ws_json);
  wait_until("clients are back once more", [this] { return all_settled(); });
  for (auto& p : passengers_)
    p.ask_counts();
  wait_until("counts are there", [this] { return all_settled() && all_caught_up(); });

  std::vector<record> written;
  for (auto& p : passengers_) {
    written.push_back(p.who().written());
    report_.connections += p.connections();
    p.end();
  }
  proxy_.close();
  loop_.run_for(10ms); // handlers that were under way
  report_.found = judge(truth_, written, plan_.promised);
  report_.lives = report_.found.lives(written);
  report_.publications = truth_.size();
  report_.proxied = proxy_.connections();
  report_.harms = proxy_.harmed();
  return report_;
}

void storm::begin() {
  for (auto& c : criers_)
    c.start();
  for (auto& p : passengers_)
    p.start();
}

void storm::calm_down() {
  for (auto& c : criers_)
    c.stop();
  for (auto& p : passengers_)
    p.calm();
  proxy_.calm();
  wait_until("publishers are answered", [this] {
    return std::all_of(criers_.begin(), criers_.end(), [](const crier& c) { return c.silent() || !c.failed().empty(); });
  });
  for (const auto& c : criers_)
    if (!c.failed().empty())
      report_.failed.push_back("a publisher: " + c.failed());
}

void storm::come_back(std::optional<way> over) {
  for (auto& p : passengers_)
    p.come_again(over);
}

/// It says so if it was waited for in vain; what is missing then is for the verdict.
bool storm::wait_until(const char* what, const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + plan_.patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) {
      report_.failed.push_back(std::string{"waited in vain until "} + what);
      for (const auto& p : passengers_)
        if (!p.who().settled() || p.who().unanswered() > 0)
          report_.failed.push_back("  " + p.who().state());
      return false;
    }
    loop_.run_for(20ms);
  }
  return true;
}

bool storm::all_settled() const {
  return std::all_of(passengers_.begin(), passengers_.end(),
                     [](const passenger& p) { return p.who().settled() && p.who().unanswered() == 0; });
}

bool storm::all_caught_up() const {
  return std::all_of(passengers_.begin(), passengers_.end(), [this](const passenger& p) {
    return std::all_of(p.who().channels().begin(), p.who().channels().end(), [&](const std::string& channel) {
      const auto at = p.who().position(channel);
      return at && !truth_.next(channel, *at, p.who().session());
    });
  });
}

void storm::read_history(const std::string& channel) {
  transports::test::client node{plan_.port};
  const auto get = [&](const std::string& more) {
    node.send(transports::test::get("/api/history?channel=" + in_address(channel) + more,
                                    "Authorization: Bearer " + plan_.key + "\r\n"));
    return json::parse(node.response().body);
  };
  place at{get("&limit=0").at("epoch"), 0};
  for (bool more = true; more;) {
    const auto page = get("&limit=1000&since=" + in_address(to_string(at)));
    for (const auto& p : page.at("publications")) {
      const auto& data = p.at("data");
      const auto cause = data.contains("id") ? data["client"].get<std::string>() + "/" + data["id"].dump() : "";
      at.offset = p.at("offset");
      truth_.add(channel, at.epoch, {at.offset, data.dump(), data.value("not", ""), cause});
    }
    more = page.at("more") && !page.at("publications").empty();
  }
}

} // namespace troupe::ledger
