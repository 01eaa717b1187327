// An auction house: a program with a main loop of its own, and a node in it.
//   AUCTION_KEY=secret ./auction pages [troupe.toml]      http://127.0.0.1:8080/, and /#secret for the auctioneer
#include "house.hpp"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <thread>

/// Puts up one lot after the other, on a thread of its own, and tells the hall.
static void put_up(const std::stop_token& stop, const troupe::outlet& out) {
  static const std::vector<std::string> things{"A brass sextant", "A violin without strings", "The first edition", "A lighthouse"};
  for (std::size_t seconds = 0; !stop.stop_requested(); ++seconds) {
    const auto n = seconds / 30 % things.size();
    const auto channel = "auction:" + std::to_string(n + 1);
    if (seconds % 30 == 0) {
      out.call(channel, "open", opening{things[n], static_cast<int>(10 * n + 10), 90});
      out.publish("hall", "up", std::map<std::string, std::string>{{"lot", channel}, {"title", things[n]}});
    }
    std::this_thread::sleep_for(std::chrono::seconds{1});
  }
}

int main(int argc, char** argv) {
  sigset_t ends; // waited for below: a node that was started takes no signals
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  try {
    troupe::node_settings settings;
    if (argc > 2)
      settings.load(argv[2]);
    troupe::node node{settings};
    const char* key = std::getenv("AUCTION_KEY");
    furnish(node, key ? key : "");
    node.pages(argc > 1 ? argv[1] : "pages");
    node.start();
    std::cout << "The house is open at " << node.address() << std::endl;

    std::jthread catalogue{[out = node.outlet()](const std::stop_token& stop) { put_up(stop, out); }};
    const timespec second{1, 0};
    while (sigtimedwait(&ends, nullptr, &second) < 0) // the main loop: whatever else this program has to do
      if (node.phase() == troupe::node_phase::failed)
        break;
    catalogue.request_stop();
    return node.stop(std::chrono::seconds{10}).ended ? 0 : 1;
  } catch (const std::exception& wrong) {
    std::cerr << wrong.what() << '\n';
    return 78;
  }
}
