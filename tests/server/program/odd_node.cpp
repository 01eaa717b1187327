// The demo's namespaces served by channels and mounts that misbehave.

#include <caf/event_based_actor.hpp>
#include <troupe/node.hpp>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

/// Uses up the stack: each level has more of it than a page.
int deeper(int level);
int (*volatile again)(int) = deeper; // or a compiler makes a loop of it
int deeper(int level) {
  volatile char page[4096];
  page[0] = static_cast<char>(level);
  return again(level / 2) + page[0];
}

/// `stick` says so and never returns; `hold` returns once there is a file of that name; `abort`, `fault` and `recurse` end
/// the process; `say` is answered.
class sticky : public troupe::channel {
  void setup() override {
    on<troupe::payload>("stick", [](const troupe::member&, const troupe::payload&) -> troupe::call_result {
      std::cerr << "sticks\n";
      std::promise<void>().get_future().wait();
      return troupe::done();
    });
    on<std::string>("hold", [](const troupe::member&, const std::string& until) {
      while (!std::filesystem::exists(until))
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
      return troupe::done();
    });
    on<troupe::payload>("abort", [](const troupe::member&, const troupe::payload&) -> troupe::call_result { std::abort(); });
    on<troupe::payload>("fault", [](const troupe::member&, const troupe::payload&) {
      *static_cast<volatile int*>(nullptr) = 1;
      return troupe::done();
    });
    on<troupe::payload>("recurse", [](const troupe::member&, const troupe::payload&) {
      if (deeper(1) == 0)
        std::cerr << "a stack without end\n";
      return troupe::done();
    });
    on<troupe::payload>("say", [](const troupe::member&, const troupe::payload&) { return troupe::done(); });
  }
};

/// An actor that no exit message ends, as one that waits for something else.
class deaf : public caf::event_based_actor {
 public:
  explicit deaf(caf::actor_config& cfg) : caf::event_based_actor(cfg) {
    set_exit_handler([](caf::exit_msg&) {});
  }
  [[nodiscard]] const char* name() const override { return "deaf"; }
  caf::behavior make_behavior() override {
    return {[](int) {}};
  }
};

/// `spawn` leaves an actor behind that ends when it is told to, `deaf` one that does not.
class parental : public troupe::channel {
  void setup() override {
    on<troupe::payload>("spawn", [this](const troupe::member&, const troupe::payload&) {
      actor().spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; });
      return troupe::done();
    });
    on<troupe::payload>("deaf", [this](const troupe::member&, const troupe::payload&) {
      actor().spawn<deaf>();
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

/// `throw` throws, `crash` has the object replaced, `close N` closes with that code, `say N` is answered with N bytes.
class fragile : public troupe::raw_mount {
  struct broken : std::runtime_error {
    using std::runtime_error::runtime_error;
  };

  void on_message(troupe::session_id from, std::string_view bytes, bool text) override {
    if (bytes == "throw")
      throw std::runtime_error("it broke");
    if (bytes == "crash")
      throw broken("it is broken");
    if (bytes.starts_with("close "))
      return close(from, static_cast<std::uint16_t>(std::stoul(std::string{bytes.substr(6)})), "as you wish");
    if (bytes.starts_with("say "))
      return send(from, std::string(std::stoul(std::string{bytes.substr(4)}), 'x'), true);
    send(from, std::string{bytes}, text);
  }
  troupe::after_error on_error(std::exception_ptr error) override {
    try {
      std::rethrow_exception(error);
    } catch (const broken&) {
      return troupe::after_error::restart;
    } catch (...) {
      return troupe::after_error::keep;
    }
  }
};

} // namespace

int main(int argc, char** argv) {
  std::promise<void> over;
  std::thread bystander{[&over] { over.get_future().wait(); }}; // before anything of the node's: signals may come to it
  auto node = troupe::node::from_command_line(argc, argv);
  node.channel<parental>("family");
  node.channel<sticky>("room:*");
  node.channel<touchy>("board:*");
  node.mount<fragile>("/fragile");
  const int status = node.run();
  over.set_value();
  bystander.join();
  return status;
}
