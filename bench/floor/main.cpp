// epoll-floor: the least a server can do to bring the same bytes to the same sockets.

#include "floor/broadcaster.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  int port = 0;
  if (argc == 3 && std::strcmp(argv[1], "--listen") == 0) {
    const std::string where = argv[2];
    const auto colon = where.rfind(':');
    port = std::atoi(where.substr(colon == std::string::npos ? 0 : colon + 1).c_str());
  } else if (argc != 1) {
    std::fputs("usage: epoll-floor [--listen 127.0.0.1:PORT]   (port 0: any free one)\n", stderr);
    return 64;
  }
  try {
    troupe::bench::broadcaster server{port};
    std::printf("listening on http://127.0.0.1:%d\n", server.port());
    std::fflush(stdout);
    server.run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "epoll-floor: %s\n", error.what());
    return 1;
  }
}
