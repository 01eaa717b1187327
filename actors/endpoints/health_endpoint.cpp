// GET /healthz, /readyz: for monitors, without a key.

#include "actors/endpoints/endpoints.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace troupe::actors {

namespace {

using transports::http_response;

constexpr auto worker_silence_max = std::chrono::seconds{3}; // the broker runs on one each second

http_response plain(unsigned status, std::string text) {
  return {status, {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}}, std::move(text)};
}

/// Why nothing that a client asks of a channel is done now; nothing: a worker is free now and then.
std::optional<std::string> no_worker(const endpoint_state& of) {
  const auto silent = of.running.workers_silent_for();
  if (silent < worker_silence_max)
    return std::nullopt;
  auto text = "no worker has been free for " + std::to_string(silent / std::chrono::seconds{1}) + " s\n";
  for (const auto& one : of.running.running(of.settings.channels.slow_handler))
    text += one.who + " runs `" + one.event + "` for " + std::to_string(one.ran / std::chrono::seconds{1}) + " s\n";
  return text;
}

/// Why no client should be sent here.
std::optional<std::string> not_ready(const endpoint_state& of) {
  if (const auto trouble = of.store.trouble())
    return "the disk store fails: " + *trouble + "\n";
  return no_worker(of);
}

} // namespace

void open_health(const request_context& at, transports::exchange_ptr exchange) {
  const bool asks_ready = exchange->request().path == "/readyz";
  if (asks_ready && !at.state.ready()) { // however it is asked
    auto no = being_stopped(at);
    no.body = "draining\n";
    no.headers.front().second = "text/plain; charset=utf-8";
    return exchange->respond(std::move(no));
  }
  if (!only_reads(exchange))
    return;
  if (const auto why = asks_ready ? not_ready(at.state) : std::nullopt)
    return exchange->respond(plain(503, *why));
  exchange->respond(plain(200, "ok\n"));
}

} // namespace troupe::actors
