#pragma once

#include "transports/connection.hpp"
#include "transports/http.hpp"

#include <functional>
#include <memory>

namespace troupe::transports {

/// One HTTP request that waits for its response: answered now, later, or by a stream.
///
/// Thread: the I/O thread of its shard. Owner: whoever will answer; dropping the last reference unanswered answers
/// 500. Each exchange is answered exactly once; later answers are ignored.
class exchange {
 public:
  virtual ~exchange() = default;

  [[nodiscard]] virtual const http_request& request() const = 0;

  /// Sends the response. `done(true)` once the kernel has taken all of it: from here if it takes it at once, so that
  /// nothing comes in between. `done(false)`, always later, if it could not be written.
  virtual void respond(http_response response, std::function<void(bool written)> done = {}) = 0;

  /// Answers with what `make` returns. It may block: it runs on a thread for that, with a copy of the request; what it
  /// throws is answered 500.
  virtual void respond_by(std::function<http_response(const http_request&)> make) = 0;

  /// Closes the connection in good order, without an answer.
  virtual void hang_up() = 0;

  /// `then` is called once if the connection ends before the exchange is answered: its client closes (FIN or RST), or
  /// is cut off to make room. Never once it has been answered, and never from here. Where nobody asks for this, a client
  /// that has only finished sending is answered.
  virtual void on_abandoned(std::function<void()> then) = 0;

  /// Answers with a response that ends by closing (no length, no chunks): SSE. The header goes out with what is
  /// flushed first, or in the next turn. If the exchange was answered or abandoned before, the stream is over: its user
  /// hears so.
  virtual std::shared_ptr<connection> stream(http_response head) = 0;

 protected:
  exchange() = default;
};

using exchange_ptr = std::shared_ptr<exchange>;

} // namespace troupe::transports
