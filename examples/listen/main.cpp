// Prints what a channel says, whatever happens to the connection:  ./listen http://127.0.0.1:8080 updates
#include <troupe/client.hpp>

#include <csignal>
#include <iostream>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: listen URL CHANNEL\n";
    return 2;
  }
  sigset_t ends; // waited for below, so that no thread is torn away
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  troupe::client client{{.url = argv[1]}};
  client.on_state([](const troupe::client_status& now) {
    std::cerr << to_string(now.state) << (now.reason.empty() ? "" : ": ") << now.reason << std::endl;
  });
  auto channel = client.channel(argv[2]);
  channel.on_message([](const troupe::client_message& m) {
    std::cout << m.offset << ' ' << m.event << ' ' << m.data.json() << std::endl;
  });
  channel.on_gap([](std::optional<std::uint64_t> missed) {
    std::cerr << "missed " << (missed ? std::to_string(*missed) : "some") << std::endl;
  });
  channel.on_refused([](const troupe::client_error& why) { std::cerr << "refused: " << why.what() << std::endl; });
  channel.subscribe();
  client.connect();

  int which = 0;
  sigwait(&ends, &which);
}
