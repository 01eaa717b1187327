// The `troupe` program: a node with everything the examples bring.

#include "examples/demo/demo.hpp"

int main(int argc, char** argv) {
  auto node = troupe::node::from_command_line(argc, argv);
  examples::add_demo(node);
  return node.run();
}
