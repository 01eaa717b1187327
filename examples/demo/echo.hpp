#pragma once
/// A raw mount that sends every message back as it came, text and binary.

#include <troupe/raw_mount.hpp>

namespace examples {

class echo : public troupe::raw_mount {
  void on_message(troupe::session_id from, std::string_view bytes, bool text) override {
    send(from, std::string{bytes}, text);
  }
};

} // namespace examples
