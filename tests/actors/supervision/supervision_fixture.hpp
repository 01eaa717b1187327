#pragma once
/// A supervisor under CAF's test coordinator: one thread, virtual time, children that do as told.

#include <troupe/supervisor.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe::actors::supervision_testing {

using std::chrono::milliseconds;

/// Ends by itself, normally or not.
struct quit_now {
  caf::error reason;
};
struct throw_now {};
struct greet {};

/// What all children of a test share.
struct script {
  std::vector<std::string> log;           ///< "+a" started, "-a" ended, in order
  std::map<std::string, int> failing;     ///< how many of the next constructors throw
  std::map<std::string, int> null_factory; ///< how many of the next factories return nothing
  int greeted = 0;
  std::set<std::string> deaf;             ///< ignore polite exits
};

class worker : public caf::event_based_actor {
 public:
  worker(caf::actor_config& cfg, script& s, std::string label);
  caf::behavior make_behavior() override;
  void on_exit() override { script_.log.push_back("-" + label_); }

 private:
  script& script_;
  std::string label_;
};

/// What a request was answered; unit_t stands for an empty answer.
template <class T>
struct answer {
  std::optional<T> value;
  caf::error error;
  [[nodiscard]] bool pending() const { return !value && !error; }
};

class supervision_fixture {
 public:
  supervision_fixture();
  ~supervision_fixture();

  // -- making -----------------------------------------------------------------

  child_spec worker_spec(const std::string& label, restart_policy restart = restart_policy::permanent,
                         milliseconds deadline = milliseconds{5'000});
  /// Settings without jitter that record events.
  supervisor_settings settings(supervision_strategy strategy = supervision_strategy::one_for_one);
  void start(supervisor_settings settings, std::vector<child_spec> children);
  /// A supervisor with one worker per letter.
  void start(supervision_strategy strategy, const std::string& labels);

  // -- time -------------------------------------------------------------------

  void settle() { coordinator().run(); }
  /// Lets virtual time pass in steps of 10 ms.
  void pass(milliseconds time);
  caf::scheduler::test_coordinator& coordinator();

  // -- asking -----------------------------------------------------------------

  template <class T, class Message>
  answer<T> ask(Message message);
  template <class T, class Message>
  std::shared_ptr<answer<T>> ask_later(Message message);
  caf::actor find(const std::string& name);
  caf::error why_not(const std::string& name) { return ask<caf::strong_actor_ptr>(find_child{name}).error; }
  child_info info(const std::string& name);
  template <class Message>
  void tell(const std::string& name, Message message) {
    caf::anon_send(find(name), std::move(message));
    settle();
  }
  void stop();
  [[nodiscard]] bool ended() const { return down_reason.has_value(); }
  /// The log since the last call, as one line.
  std::string log();
  std::string events();

  script plan;
  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
  supervisor top;
  caf::actor watcher; ///< hears of the end of `top`
  std::vector<supervision_event> recorded;
  std::optional<caf::error> down_reason; ///< of `top`
};

} // namespace troupe::actors::supervision_testing

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::supervision_testing::quit_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::supervision_testing::throw_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::supervision_testing::greet)

namespace troupe::actors::supervision_testing {

template <class T, class Message>
std::shared_ptr<answer<T>> supervision_fixture::ask_later(Message message) {
  auto to = std::make_shared<answer<T>>();
  system->spawn([to, message = std::move(message), sup = top](caf::event_based_actor* self) {
    self->set_default_handler(caf::drop);
    auto failed = [to](caf::error& e) { to->error = e; };
    if constexpr (std::is_same_v<T, caf::unit_t>)
      self->request(sup, caf::infinite, message).then([to] { to->value = caf::unit; }, failed);
    else
      self->request(sup, caf::infinite, message).then([to](const T& value) { to->value = value; }, failed);
  });
  settle();
  return to;
}

template <class T, class Message>
answer<T> supervision_fixture::ask(Message message) {
  auto to = ask_later<T>(std::move(message));
  REQUIRE_FALSE(to->pending());
  return *to;
}

} // namespace troupe::actors::supervision_testing
