#include "testing/channel/channel_lodging.hpp"

#include <caf/actor_cast.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

namespace troupe::actors::testing {

namespace {

class lodger final : public caf::event_based_actor {
 public:
  explicit lodger(caf::actor_config& cfg) : caf::event_based_actor(cfg) { set_default_handler(caf::drop); }
  caf::behavior make_behavior() override {
    return {[](caf::unit_t) {}}; // stays for ever
  }
};

} // namespace

channel_lodging::channel_lodging() : who_(system_.get().spawn<lodger>()) {
  self_ = static_cast<lodger*>(caf::actor_cast<caf::abstract_actor*>(who_));
  self_->attach_functor([this](const caf::error&) { ended_ = true; });
  run();
}

bool channel_lodging::run() {
  const bool ran = system_.run();
  self_->context(&unit_);
  return ran;
}

channel_lodging::~channel_lodging() {
  caf::anon_send_exit(who_, caf::exit_reason::user_shutdown);
  system_.run();
}

} // namespace troupe::actors::testing
