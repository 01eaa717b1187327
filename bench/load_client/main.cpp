// troupe-load: many subscribers that check every publication, and a few publishers.
// Exit status: 0 all clean; 1 something lost, misordered or broken; 2 the run could not be made; 64 wrong usage.

#include "load_client/load_run.hpp"
#include "load_client/options.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>

#include <sys/resource.h>

int main(int argc, char** argv) {
  using namespace troupe::bench;
  const auto parsed = parse_options(argc, argv);
  if (const auto* status = std::get_if<int>(&parsed))
    return *status;
  const auto& o = std::get<options>(parsed);
  std::signal(SIGPIPE, SIG_IGN);
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  try {
    load_run run{o};
    const auto result = run.run();
    if (o.json == "-")
      std::fputs(result.as_json(o).c_str(), stdout);
    else
      std::fputs(result.as_table(o).c_str(), stdout);
    if (!o.json.empty() && o.json != "-")
      std::ofstream{o.json} << result.as_json(o);
    return result.is_clean() ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "troupe-load: %s\n", error.what());
    return 2;
  }
}
