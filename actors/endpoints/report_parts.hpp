#pragma once
/// What reports and lists have in common: who did not answer, and what is known of channels that are stuck.
/// Thread: the shard's.

#include "actors/endpoints/endpoint_state.hpp"
#include "actors/hosting/fan_in.hpp"
#include "actors/messages/catalogue.hpp"
#include "transports/exchange.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace troupe::actors {

/// How long who asks waits for an actor.
inline constexpr std::chrono::seconds report_patience{3};

/// To a tenth.
[[nodiscard]] double seconds_of(std::chrono::nanoseconds t);

/// Handlers that are slow now, and as JSON, for `running`.
[[nodiscard]] std::vector<running_handlers::run> slow_of(const endpoint_state& of);
[[nodiscard]] nlohmann::ordered_json slow_json(const std::vector<running_handlers::run>& slow);

/// Those that did not answer, for `unanswered`.
[[nodiscard]] nlohmann::ordered_json unanswered_of(const std::vector<channel_description>& all);

/// What is known of channels when nobody is free to tell: those that are stuck.
void add_stuck(channel_list& to, const std::vector<running_handlers::run>& slow);

/// 200, with `incomplete`: whether somebody is among `body`'s `unanswered`, and `missed`, who come to them.
void respond_with(const transports::exchange_ptr& to, nlohmann::ordered_json body, const std::vector<std::string>& missed = {});

/// Answers so with what `finish` makes once all that was asked has answered, or failed to.
[[nodiscard]] std::shared_ptr<fan_in> answer_with(transports::exchange_ptr to, std::function<nlohmann::ordered_json()> finish);

} // namespace troupe::actors
