#include "tests/ledger/served_storm.hpp"

#include "tests/config/scratch.hpp"
#include "tests/server/process.hpp"

#include <csignal>
#include <stdexcept>

namespace troupe::ledger {

namespace {

constexpr const char* key = "the-key-of-a-node-in-a-storm";

} // namespace

storm_report served_storm(storm_plan plan) {
  const config::scratch_directory scratch;
  const bool in_memory = plan.seed % 2 == 0;
  const std::string how = in_memory ? "in_memory" : "on_disk";
  plan.promised.keeps_up = in_memory; // on disk logs are short: who reads slowly is told what it missed
  server::test::process node{TROUPE_LEDGER_NODE,
                             {"--config", TROUPE_SOURCE_DIR "/tests/ledger/program/" + how + ".toml", "--listen", "127.0.0.1:0",
                              "--threads.shards", "2"},
                             {"XDG_STATE_HOME=" + (scratch / "state").string(), std::string{"TROUPE_API_KEY="} + key}};
  constexpr std::string_view before = "listening http://127.0.0.1:";
  if (!node.says(before))
    throw std::runtime_error("the node does not start: " + node.err());
  const auto said = node.out();
  plan.port = static_cast<std::uint16_t>(std::stoul(said.substr(said.find(before) + before.size())));
  plan.key = key;
  auto report = storm{std::move(plan)}.run();
  node.signal(SIGTERM);
  if (const auto status = node.status(); status != 0)
    report.failed.push_back("the node ended with " + std::to_string(status) + ": " + node.err());
  return report;
}

} // namespace troupe::ledger
