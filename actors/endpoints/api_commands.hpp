#pragma once
/// The commands of the HTTP API that publish. Each answers its exchange; a body it cannot use throws `bad_body`.
/// Thread: the shard's.

#include "actors/endpoints/api_body.hpp"
#include "actors/endpoints/endpoint_state.hpp"
#include "transports/exchange.hpp"

#include <string>

namespace troupe::actors {

/// Somebody who may did something: for the log.
void audit(const request_context& at, const transports::http_request& request, std::string action, std::string target);

/// `POST /api/publish`.
void publish_one(const request_context& at, const transports::exchange_ptr& exchange, const api_body& body);

/// `POST /api/batch`: all or, if one is malformed, nothing is published; then each has a result of its own, in order.
void publish_batch(const request_context& at, const transports::exchange_ptr& exchange, const api_body& body);

/// `POST /api/broadcast`: the same to many channels.
void publish_to_many(const request_context& at, const transports::exchange_ptr& exchange, const api_body& body);

/// `POST /api/send`: to a user's inbox.
void publish_to_user(const request_context& at, const transports::exchange_ptr& exchange, const api_body& body);

} // namespace troupe::actors
