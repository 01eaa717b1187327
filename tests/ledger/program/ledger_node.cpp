// A node for storms: `told:*` numbers all that it says.

#include "tests/ledger/told_room.hpp"

#include <troupe/node.hpp>

int main(int argc, char** argv) {
  auto node = troupe::node::from_command_line(argc, argv);
  node.channel<troupe::ledger::told_room>("told:*");
  return node.run();
}
