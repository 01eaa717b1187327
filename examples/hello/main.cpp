// A whole program: one channel, which counts for everybody who listens.  ./hello --listen 127.0.0.1:8080
//   new WebSocket("ws://127.0.0.1:8080/ws")
//   → {"action":"subscribe","channel":"counter:a","id":1}
//   → {"action":"call","channel":"counter:a","event":"add","data":{"by":2},"id":2}
//   ← {"type":"broadcast","channel":"counter:a","event":"total","data":2,…}
#include "counter.hpp"

#include <troupe/node.hpp>

int main(int argc, char** argv) {
  auto node = troupe::node::from_command_line(argc, argv);
  node.channel<counter>("counter:*");
  return node.run();
}
