// The demo's namespaces served by channels and mounts that misbehave.

#include <troupe/node.hpp>

#include <future>
#include <stdexcept>

namespace {

/// `stick` never returns.
class sticky : public troupe::channel {
  void setup() override {
    on<troupe::payload>("stick", [](const troupe::member&, const troupe::payload&) -> troupe::call_result {
      std::promise<void>().get_future().wait();
      return troupe::done();
    });
  }
};

/// `throw` throws, everything else is answered.
class touchy : public troupe::channel {
  void setup() override {
    on<troupe::payload>("throw", [](const troupe::member&, const troupe::payload&) -> troupe::call_result {
      throw std::runtime_error("touched");
    });
    on<troupe::payload>("say", [this](const troupe::member&, const troupe::payload& what) {
      broadcast("said", what);
      return troupe::done();
    });
  }
};

class fragile : public troupe::raw_mount {
  void on_message(troupe::session_id from, std::string_view bytes, bool text) override {
    if (bytes == "throw")
      throw std::runtime_error("it broke");
    if (bytes.starts_with("close "))
      return close(from, static_cast<std::uint16_t>(std::stoul(std::string{bytes.substr(6)})), "as you wish");
    send(from, std::string{bytes}, text);
  }
};

} // namespace

int main(int argc, char** argv) {
  auto node = troupe::node::from_command_line(argc, argv);
  node.channel<sticky>("room:*");
  node.channel<touchy>("board:*");
  node.mount<fragile>("/fragile");
  return node.run();
}
