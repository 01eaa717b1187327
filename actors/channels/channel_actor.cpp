#include "actors/channels/channel_actor.hpp"

#include "actors/channels/channel_runtime.hpp"
#include "actors/hosting/exit_reason.hpp"

#include <caf/actor_system.hpp>
#include <caf/atom.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace troupe::actors {

namespace {

/// Work for the channel's thread, to itself: from its store, or put off by its runtime.
struct posted {
  std::function<void()> work;
};

} // namespace

} // namespace troupe::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::actors::posted)

namespace troupe::actors {

// -- errors -------------------------------------------------------------------

namespace {

constexpr std::uint8_t gave_up_code = 1;

caf::error gave_up(const std::string& last_error) {
  return {gave_up_code, caf::atom("channel"), caf::make_message("failed too often: " + last_error)};
}

} // namespace

bool has_given_up(const caf::error& reason) noexcept {
  return reason && reason.category() == caf::atom("channel") && reason.code() == gave_up_code;
}

// -- surroundings -------------------------------------------------------------

namespace {

class shard_outlet final : public effect_outlet {
 public:
  shard_outlet(channel_actor& self, shard_handle to) : self_(self), to_(std::move(to)) {}
  void send(effect_batch_ptr batch) override { self_.send(to_, std::move(batch)); }

 private:
  channel_actor& self_;
  const shard_handle to_;
};

} // namespace

class channel_actor::host final : public channel_host {
 public:
  explicit host(channel_actor& self) : self_(self) {}

  std::unique_ptr<effect_outlet> outlet() override {
    return std::make_unique<shard_outlet>(self_, caf::actor_cast<shard_handle>(self_.current_sender()));
  }
  void post(std::function<void()> later) override { self_.send(&self_, posted{std::move(later)}); }
  caf::event_based_actor& actor() override { return self_; }

 private:
  channel_actor& self_;
};

// -- life ---------------------------------------------------------------------

channel_actor::channel_actor(caf::actor_config& cfg, std::shared_ptr<const channel_parts> parts)
    : caf::event_based_actor(cfg), shared_(std::move(parts)), parts_(*shared_), spawning_(parts_.spawned, parts_.name),
      host_(std::make_unique<host>(*this)) {
  set_exception_handler(reason_of_exception);
  set_exit_handler([this](caf::exit_msg& m) { told_to_exit(m.reason); });
}

channel_actor::~channel_actor() = default;

caf::behavior channel_actor::make_behavior() {
  open();
  if (end_ || (runtime_ && runtime_->over()))
    return {}; // has quit: a behavior would keep it alive
  if (runtime_) {
    set_default_handler(caf::drop);
    return live();
  }
  waiting_ = true;
  set_default_handler(caf::skip); // messages wait for the partition
  return {[](posted& p) { p.work(); }};
}

void channel_actor::on_exit() {
  if (runtime_ && !runtime_->over())
    runtime_->abandon();
  runtime_.reset(); // gives the partition back before anybody hears of the end
}

/// The store may answer on any thread, and when nobody is there any more.
void channel_actor::open() {
  const auto back = [self = caf::actor_cast<caf::actor_addr>(this)](std::function<void()> work) {
    if (const auto alive = caf::actor_cast<caf::actor>(self))
      caf::anon_send(alive, posted{std::move(work)});
  };
  parts_.keep.open(parts_.name, retention_of(parts_.name_space, parts_.settings), parts_.by, back,
                   [this](tl::expected<std::unique_ptr<partition>, failure> got) {
                     if (got)
                       return begin(std::move(*got));
                     end_ = caf::make_error(caf::sec::runtime_error, got.error().message);
                     quit(end_);
                   });
}

void channel_actor::begin(std::unique_ptr<partition> kept) {
  runtime_ = std::make_unique<channel_runtime>(parts_, std::move(kept), *host_);
  if (std::exchange(waiting_, false)) {
    set_default_handler(caf::drop);
    become(live());
  }
  runtime_->begin();
  after_handler();
}

caf::behavior channel_actor::live() {
  return {
      [this](const command_batch_ptr& batch) {
        runtime_->handle(*batch);
        after_handler();
      },
      [this](const stop_channel& how) {
        runtime_->stop(how.why, how.reason);
        after_handler();
      },
      [this](const retire_channel&) {
        const retire_answer told{!runtime_->retire()};
        after_handler();
        return told;
      },
      [this](const crash_channel& why) {
        const channel_crashed told{runtime_->fail_object(why.reason)};
        after_handler();
        return told;
      },
      [this](const channel_tick& tick) { ticked(tick.generation); },
      [this](const link_closed& gone) {
        runtime_->close_link(gone.shard);
        after_handler();
      },
      [this](const settings_changed& what) { runtime_->reload(*what.now); },
      [this](const describe_channel&) {
        auto told = runtime_->describe();
        told.waiting = mailbox().size();
        return told;
      },
      [this](posted& p) {
        runtime_->run(p.work);
        after_handler();
      },
  };
}

// -- the end ------------------------------------------------------------------

/// `kill` never comes here. Everything else stops the channel as a drain does.
void channel_actor::told_to_exit(const caf::error& reason) {
  if (reason == caf::exit_reason::normal)
    return;
  if (!runtime_)
    return quit(reason);
  end_ = reason;
  runtime_->stop(leave_reason::drained, "drain");
  after_handler();
}

// -- time ---------------------------------------------------------------------

void channel_actor::ticked(std::uint64_t generation) {
  if (generation != generation_)
    return;
  armed_.reset();
  runtime_->tick();
  after_handler();
}

void channel_actor::after_handler() {
  if (!runtime_->over())
    return arm();
  const bool failed = runtime_->now_in() == channel_runtime::phase::gave_up;
  quit(failed ? gave_up(runtime_->describe().last_error) : end_);
}

/// One delayed message for the nearest deadline; those that it overtakes are ignored when they come.
void channel_actor::arm() {
  const auto due = runtime_->next_deadline();
  if (!due || (armed_ && *armed_ <= *due))
    return;
  armed_ = due;
  const auto wait = std::max(*due - parts_.clock.steady(), channel_clock::steady_time::duration{1'000'000});
  delayed_send(this, std::chrono::duration_cast<std::chrono::milliseconds>(wait), channel_tick{++generation_});
}

// -- starting -----------------------------------------------------------------

channel_handle spawn_channel(caf::local_actor& parent, std::shared_ptr<const channel_parts> parts) {
  return caf::actor_cast<channel_handle>(parent.spawn<channel_actor>(std::move(parts)));
}

channel_handle spawn_channel(caf::actor_system& system, std::shared_ptr<const channel_parts> parts) {
  return caf::actor_cast<channel_handle>(system.spawn<channel_actor>(std::move(parts)));
}

} // namespace troupe::actors
