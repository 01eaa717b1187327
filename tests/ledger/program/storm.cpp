// Storms by hand, over real sockets: script/ledger. Each has a node of its own.

#include "tests/ledger/served_storm.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <iostream>

int main(int argc, char** argv) {
  using namespace troupe::ledger;
  CLI::App app{"Sends clients over all transports through a proxy that harms connections, and compares what each has heard "
               "with what was said."};
  int seconds = 60, storms = 10, patience = 60;
  std::size_t clients = 200;
  std::uint32_t seed = 0;
  app.add_option("--seconds", seconds, "of a storm")->capture_default_str();
  app.add_option("--storms", storms, "one after the other, each with its seed")->capture_default_str();
  app.add_option("--clients", clients)->capture_default_str();
  app.add_option("--seed", seed, "of the first storm, as a run that failed has said; the next have the ones after it");
  bool lives = false;
  app.add_flag("--lives", lives, "print what those saw who were wronged");
  app.add_option("--patience", patience, "seconds, for each step of the end, when nothing goes wrong any more")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (seed == 0)
    seed = static_cast<std::uint32_t>(std::chrono::system_clock::now().time_since_epoch().count()) | 1u;
  int failed = 0;
  for (int i = 0; i < storms; ++i, ++seed) {
    std::cout << "seed " << seed << ": " << std::flush;
    storm_plan plan;
    plan.seed = seed;
    plan.clients = clients;
    plan.lasting = std::chrono::seconds{seconds};
    plan.patience = std::chrono::seconds{patience};
    const auto report = served_storm(std::move(plan));
    std::cout << (report.clean() ? "nothing lost, twice or out of order\n" : "FAULTS\n") << report.text() << (lives ? report.lives : "") << std::endl;
    failed += !report.clean();
  }
  return failed == 0 ? 0 : 1;
}
