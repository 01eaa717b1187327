// Counts for everybody who listens, and forgets when it crashes (docs/channels.md says how to keep a state):  ./hello --listen 127.0.0.1:8080
//   new WebSocket("ws://127.0.0.1:8080/ws")
//   → {"action":"subscribe","channel":"counter:a","id":1}
//   → {"action":"call","channel":"counter:a","event":"add","data":{"by":2},"id":2}
//   ← {"type":"broadcast","channel":"counter:a","event":"total","data":2,…}
#include <troupe/channel.hpp>
#include <troupe/node.hpp>

struct addition {
  int by = 0;
  TROUPE_FIELDS(by)
};

class counter : public troupe::channel {
  void setup() override {
    on<addition>("add", [this](const troupe::member&, const addition& a) {
      broadcast("total", total_ += a.by);
      return troupe::done();
    });
  }
  int total_ = 0;
};

int main(int argc, char** argv) {
  auto node = troupe::node::from_command_line(argc, argv);
  node.channel<counter>("counter:*");
  return node.run();
}
