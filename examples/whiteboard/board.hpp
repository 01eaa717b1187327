#pragma once
/// A board that many draw on. Its page is pages/whiteboard/, over msgpack, so that bytes stay bytes.
///
///   subscribe board:sketch        → pushes: begin {pieces, pages}, then page <bytes> as often as it says
///   publish draw <bytes>          → everybody else hears it (see drawing.hpp for the bytes)
///   publish cursor <bytes>        → everybody else hears it, now or never
///   call clear                    → everybody hears `cleared`

#include "examples/whiteboard/drawing.hpp"

#include <troupe/channel.hpp>

namespace examples {

struct board_size {
  std::uint64_t pieces = 0, pages = 0;
  TROUPE_FIELDS(pieces, pages)
};

struct board_member {
  std::string id;
  TROUPE_FIELDS(id)
};

class board : public troupe::channel {
 public:
  void setup() override;
  troupe::join_result on_join(const troupe::member& who, const troupe::payload& params) override;
  void on_leave(const troupe::member& who, troupe::leave_reason why) override;
  troupe::publish_result on_publish(const troupe::member& who, troupe::draft& d) override;
  std::optional<troupe::payload> snapshot() override;
  void on_restore(const troupe::payload& snapshot) override;

 private:
  troupe::publish_result draw(const troupe::draft& d);

  drawing drawing_;
};

} // namespace examples
