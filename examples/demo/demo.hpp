#pragma once
/// Everything the examples bring, in one node: their channels, the echo mount and the pages.
///
///   auto node = troupe::node::from_command_line(argc, argv);
///   examples::add_demo(node);
///   return node.run();

#include <troupe/node.hpp>

namespace examples {

void add_demo(troupe::node& to);

} // namespace examples
