#include "examples/whiteboard/board.hpp"

namespace examples {

using troupe::member;
using troupe::payload;

namespace {

constexpr std::size_t cursor_bytes = 5; // u16 x, u16 y, u8 colour

} // namespace

void board::setup() {
  on<payload>("clear", [this](const member& who, const payload&) {
    drawing_.clear();
    broadcast("cleared", board_member{to_string(who.id)}, troupe::after_save());
    return troupe::done().after_save();
  });
}

/// The pages follow the answer, which waits as all does that touches the drawing: no piece is missed or drawn twice.
troupe::join_result board::on_join(const member& who, const payload&) {
  const auto pages = drawing_.pages();
  push(who, "begin", board_size{drawing_.pieces(), pages.size()});
  for (const auto& page : pages)
    push(who, "page", payload::binary(page));
  return troupe::accept().after_save();
}

void board::on_leave(const member& who, troupe::leave_reason) {
  broadcast("gone", board_member{to_string(who.id)}, troupe::ephemeral());
}

troupe::publish_result board::on_publish(const member&, troupe::draft& d) {
  d.echo = false; // a pen sees its own line already
  if (d.data.encoding() != troupe::encoding::bytes)
    return troupe::refuse(troupe::error_code::bad_message, "data is bytes");
  if (d.event == "draw")
    return draw(d);
  if (d.event != "cursor" || d.data.raw().size() != cursor_bytes)
    return troupe::refuse("a board takes `draw`, and `cursor` of 5 bytes");
  d.ephemeral = true;
  return troupe::accept();
}

troupe::publish_result board::draw(const troupe::draft& d) {
  const auto piece = d.data.raw();
  if (auto wrong = what_is_wrong(piece); !wrong.empty())
    return troupe::refuse(troupe::error_code::bad_message, std::move(wrong));
  drawing_.add(piece);
  return troupe::accept().after_save(); // what others have seen is on the board of newcomers, after a crash, too
}

std::optional<payload> board::snapshot() {
  std::string all;
  for (const auto& page : drawing_.pages())
    all += page;
  return payload::binary(std::move(all));
}

void board::on_restore(const payload& snapshot) {
  drawing_.add_page(snapshot.raw());
}

} // namespace examples
