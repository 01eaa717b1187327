#include <utility>

#include "tests/transports/running_server.hpp"

namespace troupe::transports::test {

running_server::running_server(std::size_t shards, config::settings settings, byte_stream_factory byte_streams) {
  std::vector<listener_binding> bindings;
  for (std::size_t i = 0; i < shards; ++i) {
    shards_.push_back(std::make_unique<loop_and_handler>());
    bindings.push_back({&shards_.back()->loop, shards_.back()->handler.get(), byte_streams});
  }
  server_ = std::make_unique<transports::server>(settings, std::move(bindings));
  server_->listen();
  for (const auto& s : shards_)
    s->loop.start([] { return false; });
}

running_server::~running_server() {
  for (const auto& s : shards_)
    s->loop.stop_and_join();
  server_ = nullptr;
}

config::settings running_server::loopback() {
  config::settings settings;
  settings.listen.port = 0;
  return settings;
}

void running_server::settle(std::size_t shard, int turns) {
  for (int i = 0; i < turns; ++i)
    on(shard, [] {});
}

void running_server::stop_listening() {
  const auto done = std::make_shared<std::promise<void>>();
  server_->stop_listening([done] { done->set_value(); });
  done->get_future().wait();
}

} // namespace troupe::transports::test
