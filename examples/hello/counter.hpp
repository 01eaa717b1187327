#pragma once
/// Counts for everybody who listens, and forgets when it crashes (docs/channels.md says how to keep a state).

#include <troupe/channel.hpp>

struct addition {
  int by = 0;
  TROUPE_FIELDS(by)
};

class counter : public troupe::channel {
  void setup() override {
    on<addition>("add", [this](const troupe::member&, const addition& a) {
      broadcast("total", total_ += a.by);
      return troupe::done();
    });
  }
  int total_ = 0;
};
