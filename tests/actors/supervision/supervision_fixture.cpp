#include "supervision_fixture.hpp"

#include <sstream>

namespace troupe::actors::supervision_testing {

// -- children -----------------------------------------------------------------

worker::worker(caf::actor_config& cfg, script& s, std::string label)
    : caf::event_based_actor(cfg), script_(s), label_(std::move(label)) {
  if (script_.failing[label_] > 0 && script_.failing[label_]-- > 0)
    throw std::runtime_error(label_ + " was told to fail");
  set_default_handler(caf::drop);
  set_exception_handler([](std::exception_ptr&) -> caf::error { return caf::sec::runtime_error; });
  if (script_.deaf.count(label_))
    set_exit_handler([](caf::exit_msg&) {});
  script_.log.push_back("+" + label_);
}

caf::behavior worker::make_behavior() {
  return {[this](const quit_now& q) { quit(q.reason); }, [](const throw_now&) { throw std::logic_error("told to"); },
          [this](const greet&) { ++script_.greeted; }};
}

// -- making -------------------------------------------------------------------

supervision_fixture::supervision_fixture() {
  config.set("scheduler.policy", caf::atom("testing"));
  system = std::make_unique<caf::actor_system>(config);
}

supervision_fixture::~supervision_fixture() {
  if (top && !ended())
    caf::anon_send_exit(top, caf::exit_reason::kill);
  pass(milliseconds{100});
  top = nullptr;
  watcher = nullptr;
  recorded.clear();
}

child_spec supervision_fixture::worker_spec(const std::string& label, restart_policy restart, milliseconds deadline) {
  auto factory = [this, label](caf::local_actor& parent) {
    if (plan.null_factory[label] > 0 && plan.null_factory[label]-- > 0)
      return caf::actor{};
    return parent.spawn<worker>(plan, label);
  };
  return child(label, factory, restart, deadline);
}

supervisor_settings supervision_fixture::settings(supervision_strategy strategy) {
  supervisor_settings s;
  s.strategy = strategy;
  s.pause.jitter = 0;
  s.on_event = [this](const supervision_event& e) { recorded.push_back(e); };
  return s;
}

void supervision_fixture::start(supervisor_settings s, std::vector<child_spec> children) {
  top = spawn_supervisor(*system, std::move(s), std::move(children));
  watcher = system->spawn([this](caf::event_based_actor* self) {
    self->monitor(top);
    self->set_down_handler([this](caf::down_msg& down) { down_reason = down.reason; });
    return caf::behavior{[](const greet&) {}};
  });
  settle();
}

void supervision_fixture::start(supervision_strategy strategy, const std::string& labels) {
  std::vector<child_spec> specs;
  for (const char label : labels)
    specs.push_back(worker_spec(std::string(1, label)));
  start(settings(strategy), std::move(specs));
}

// -- time ---------------------------------------------------------------------

caf::scheduler::test_coordinator& supervision_fixture::coordinator() {
  return dynamic_cast<caf::scheduler::test_coordinator&>(system->scheduler());
}

void supervision_fixture::pass(milliseconds time) {
  settle();
  for (auto step = milliseconds{10}; time > milliseconds::zero(); time -= step) {
    coordinator().advance_time(std::min(step, time));
    settle();
  }
}

// -- asking -------------------------------------------------------------------

caf::actor supervision_fixture::find(const std::string& name) {
  auto found = ask<caf::strong_actor_ptr>(find_child{name});
  REQUIRE(found.value);
  return caf::actor_cast<caf::actor>(*found.value);
}

child_info supervision_fixture::info(const std::string& name) {
  const auto list = ask<child_list>(list_children{});
  for (const auto& c : list.value->children)
    if (c.name == name)
      return c;
  FAIL("no child " << name << " is listed");
  return {};
}

void supervision_fixture::stop() {
  caf::anon_send_exit(top, caf::exit_reason::user_shutdown);
  settle();
}

std::string supervision_fixture::log() {
  std::string line;
  for (const auto& entry : std::exchange(plan.log, {}))
    line += (line.empty() ? "" : " ") + entry;
  return line;
}

std::string supervision_fixture::events() {
  std::ostringstream line;
  for (const auto& event : std::exchange(recorded, {})) {
    if (const auto* e = std::get_if<child_started>(&event))
      line << "started(" << e->name << ") ";
    else if (const auto* d = std::get_if<child_down>(&event))
      line << "down(" << d->name << ") ";
    else if (const auto* r = std::get_if<child_restarting>(&event))
      line << "restarting(" << r->name << "," << r->delay.count() << ") ";
    else if (const auto* f = std::get_if<child_failed>(&event))
      line << "failed(" << f->name << ") ";
  }
  auto text = line.str();
  if (!text.empty())
    text.pop_back();
  return text;
}

} // namespace troupe::actors::supervision_testing
