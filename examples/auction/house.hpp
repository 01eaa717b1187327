#pragma once
/// What else is in the house: who may sit at its desk, the desk itself, and a feed of prices.

#include "lot.hpp"

#include <troupe/node.hpp>
#include <troupe/outlet.hpp>
#include <troupe/supervisor.hpp>

#include <caf/event_based_actor.hpp>

#include <random>

/// Who shows `key`, as a token or in the query, may subscribe to `admin`; everybody else is welcome without a name.
inline troupe::connect_hook doorkeeper(std::string key) {
  return [key = std::move(key)](const troupe::handshake& who) -> troupe::connect_result {
    const auto shown = who.token().empty() ? who.parameter("key") : who.token();
    if (shown.empty())
      return troupe::accept();
    if (key == shown)
      return troupe::identity{"auctioneer", {}, {"admin"}};
    return troupe::refuse(troupe::error_code::unauthorised, "this is not the key");
  };
}

/// `{"lot":"42","what":"hammer","data":null}`: what the auctioneer wants from a lot.
struct order {
  std::string lot, what;
  troupe::payload data;
  TROUPE_FIELDS(lot, what, data)
};

/// The channel `admin`. A yes says that the order is on its way.
struct desk : troupe::channel {
  explicit desk(troupe::outlet to) : out(std::move(to)) {}
  void setup() override {
    on<order>("order", [this](const troupe::member&, const order& o) {
      return out.call("auction:" + o.lot, o.what, o.data) == troupe::handed::over
                 ? troupe::done()
                 : troupe::refuse(troupe::error_code::unavailable, "try again");
    });
  }
  const troupe::outlet out;
};

/// What gold costs, ten times a second, to whoever looks: it draws it by lot.
inline caf::behavior price_feed(caf::event_based_actor* self, const troupe::outlet& out) {
  self->send(self, caf::tick_atom_v);
  return {[self, out, random = std::minstd_rand{}, cents = 230'000](caf::tick_atom) mutable {
    cents += static_cast<int>(random() % 101) - 50;
    out.publish("prices", "gold", cents / 100.0, {}, {.ephemeral = true});
    self->delayed_send(self, std::chrono::milliseconds{100}, caf::tick_atom_v);
  }};
}

inline void furnish(troupe::node& node, std::string key) {
  using troupe::nobody;
  node.on_connect(doorkeeper(std::move(key)))
      .channel<lot>("auction:*", {.history = {.size = 200}, .read_history = troupe::anyone, .presence = true})
      .channel("admin", [out = node.outlet()](const std::string&) { return std::make_unique<desk>(out); }, {.subscribe = nobody})
      .open_channel("prices", {.publish = nobody})
      .open_channel("hall", {.publish = nobody, .history = {.size = 20}})
      .supervise(troupe::child("feed", [out = node.outlet()](caf::local_actor& parent) { return parent.spawn(price_feed, out); }));
}
