#include "actors/channels/object_guard.hpp"

#include "actors/channels/open_channel.hpp"
#include "actors/hosting/exit_reason.hpp"

#include <utility>

namespace troupe::actors {

object_guard::object_guard(const channel_parts& parts, troupe::channel::context& where, last_snapshot snapshot,
                           forget with_it)
    : parts_(parts), where_(where), snapshot_(std::move(snapshot)), forget_(std::move(with_it)),
      intensity_({parts.settings.channels.restart_intensity, parts.settings.channels.restart_period}),
      entry_(parts.running, "channel " + parts.name) {}

object_guard::~object_guard() = default;

// -- life ---------------------------------------------------------------------

bool object_guard::start() { return build() || restart(std::string{last_error_}); }

bool object_guard::restart(const std::string& reason) {
  last_error_ = reason;
  do {
    discard();
    if (!intensity_.allow(parts_.clock.steady()))
      return false;
    ++restarts_;
    parts_.events.announce(events::actor_restarted{"channel " + parts_.name, last_error_, restarts_});
  } while (!build());
  return true;
}

void object_guard::discard() {
  const running_mark mark{*this, "destructor"}; // also of what its coroutines have at hand
  forget_();
  object_.reset();
}

bool object_guard::build() {
  constexpr unsigned restores_failed_max = 3; // then it starts without
  std::string_view hook = "factory";
  try {
    const auto run_as = [&](std::string_view what, auto&& code) {
      const running_mark mark{*this, hook = what};
      code();
    };
    run_as("factory", [&] { object_ = parts_.make ? parts_.make(parts_.name) : std::make_unique<open_channel>(); });
    if (!object_)
      throw std::runtime_error("the factory made no object");
    object_->bind(&where_);
    run_as("setup", [&] { object_->setup(); });
    // A snapshot that was refused again and again would keep the channel dead for as long as it is kept.
    if (const auto state = restores_failed_ < restores_failed_max ? snapshot_() : std::nullopt)
      run_as("on_restore", [&] { object_->on_restore(*state); });
    restores_failed_ = 0;
    return true;
  } catch (...) {
    last_error_ = text_of(std::current_exception());
    restores_failed_ += hook == "on_restore" ? 1 : 0;
    parts_.events.announce(events::handler_failed{parts_.name, std::string{hook}, last_error_});
    return false;
  }
}

// -- running its code ---------------------------------------------------------

failure object_guard::failed(std::string_view hook, const std::exception_ptr& error) {
  last_error_ = text_of(error);
  parts_.events.announce(events::handler_failed{parts_.name, std::string{hook}, last_error_});
  if (wants_restart(error))
    restart(std::string{last_error_});
  return {error_code::internal, "the channel failed to handle this"};
}

bool object_guard::wants_restart(const std::exception_ptr& error) {
  try {
    const running_mark mark{*this, "on_error"};
    return object_->on_error(error) == after_error::restart;
  } catch (...) {
    return true;
  }
}

} // namespace troupe::actors
