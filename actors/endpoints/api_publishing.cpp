// Publishing through the HTTP API: past on_publish, starting the channel if it is not live.

#include "actors/endpoints/api_commands.hpp"
#include "actors/endpoints/endpoints.hpp"
#include "actors/hosting/fan_in.hpp"
#include "actors/sessions/shard.hpp"
#include "protocol/names.hpp"

#include <memory>
#include <utility>

namespace troupe::actors {

namespace {

using nlohmann::json;
using transports::exchange_ptr;
using transports::http_response;

/// What the channel answered, as one result.
json result_of(const std::string& channel, const protocol::server_message& m) {
  if (const auto* no = std::get_if<protocol::error>(&m))
    return json::parse(http_refusal(no->why).body); // as it would be told alone
  json out{{"channel", channel}};
  if (const auto* yes = std::get_if<protocol::reply>(&m))
    if (const auto position = json::parse(yes->data.json(), nullptr, false); position.is_object())
      out.update(position);
  return out;
}

void publish(const request_context& at, protocol::publish what, std::function<void(const protocol::server_message&)> then) {
  const auto channel = what.channel;
  if (!at.home().find_rights(channel))
    return then(protocol::error{{}, {error_code::not_found, "no namespace has " + channel}, channel});
  at.home().call(channel, {{}, true, {}, std::move(what)}, std::move(then));
}

/// Publishes all, in order; each has its own result.
void publish_all(const request_context& at, const exchange_ptr& exchange, std::vector<protocol::publish> all) {
  auto results = std::make_shared<json>(json::array_t(all.size()));
  auto answers = std::make_shared<fan_in>([exchange, results](const auto&) {
    exchange->respond(http_response::json(200, json{{"results", std::move(*results)}}.dump()));
  });
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto channel = all[i].channel;
    answers->expect();
    publish(at, std::move(all[i]), [answers, results, channel, i](const protocol::server_message& m) {
      (*results)[i] = result_of(channel, m);
      answers->arrived();
    });
  }
  answers->begin();
}

} // namespace

void publish_one(const request_context& at, const exchange_ptr& exchange, const api_body& body) {
  auto what = body.publication();
  const auto channel = what.channel;
  audit(at, exchange->request(), "publish", channel);
  publish(at, std::move(what), [exchange, channel](const protocol::server_message& m) {
    if (const auto* no = std::get_if<protocol::error>(&m))
      return exchange->respond(http_refusal(no->why));
    exchange->respond(http_response::json(200, result_of(channel, m).dump()));
  });
}

void publish_batch(const request_context& at, const exchange_ptr& exchange, const api_body& body) {
  auto all = body.publications();
  audit(at, exchange->request(), "publish", "a batch of " + std::to_string(all.size()));
  publish_all(at, exchange, std::move(all));
}

void publish_to_many(const request_context& at, const exchange_ptr& exchange, const api_body& body) {
  std::vector<protocol::publish> all;
  for (auto& name : body.channels()) {
    all.push_back(all.empty() ? body.publication(name) : all.front()); // copies share the data
    all.back().channel = std::move(name);
  }
  audit(at, exchange->request(), "publish", "to " + std::to_string(all.size()) + " channels");
  publish_all(at, exchange, std::move(all));
}

void publish_to_user(const request_context& at, const exchange_ptr& exchange, const api_body& body) {
  auto given = body.to_user();
  protocol::publish p;
  p.channel = protocol::inbox_of(given.user);
  p.data = std::move(given.message);
  audit(at, exchange->request(), "publish", p.channel);
  publish(at, std::move(p), [exchange](const protocol::server_message& m) {
    if (const auto* no = std::get_if<protocol::error>(&m))
      return exchange->respond(http_refusal(no->why));
    exchange->respond(http_response::json(200, R"({"success":true})"));
  });
}

} // namespace troupe::actors
