// A program that uses Asio in its own way, headers only, beside the library that has Asio inside.
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <troupe/node.hpp>

int main(int argc, char** argv) {
  boost::asio::io_context loop;
  boost::asio::steady_timer timer(loop, std::chrono::milliseconds(1));
  bool rang = false;
  timer.async_wait([&](const boost::system::error_code&) { rang = true; });
  loop.run();
  return rang ? troupe::node::from_command_line(argc, argv).run() : 1;
}
