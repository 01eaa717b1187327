#include "actors/link/effect_size.hpp"

namespace troupe::actors {

namespace {

std::size_t bytes_of(const page& replay) {
  std::size_t bytes = 0;
  for (const auto& p : replay.items)
    bytes += p->size();
  return bytes;
}

/// What lies beside the effect itself.
struct carried {
  std::size_t operator()(const published& e) const { return e.what->size(); }
  std::size_t operator()(const said& e) const { return sizeof e + actors::size_of(e.what); }
  std::size_t operator()(const joined& e) const {
    return sizeof e + e.what.data.size() + bytes_of(e.replay) + (e.there ? actors::size_of(*e.there) : 0);
  }
  std::size_t operator()(const join_refused& e) const { return sizeof e + e.what.why.message.size(); }
  std::size_t operator()(const read_page& e) const { return sizeof e + bytes_of(e.replay); }
  std::size_t operator()(const left& e) const { return sizeof e + e.what.reason.size(); }
  std::size_t operator()(const presence_changed& e) const { return sizeof e + actors::size_of(e.what); }
  std::size_t operator()(const epoch_changed& e) const { return sizeof e; }
  std::size_t operator()(const skipped& e) const { return sizeof e; }
};

} // namespace

std::size_t size_of(const protocol::presence_change& c) {
  std::size_t bytes = 0;
  for (const auto* list : {&c.joined, &c.left})
    for (const auto& m : *list)
      bytes += sizeof m + m.user.size() + m.data.size();
  for (const auto& user : c.users)
    bytes += sizeof user + user.user.size();
  return bytes + c.turned.size() * sizeof(protocol::presence_change::turn);
}

std::size_t size_of(const protocol::server_message& m) {
  return std::visit(
      [](const auto& what) -> std::size_t {
        if constexpr (requires { what.data.size(); })
          return what.data.size();
        else if constexpr (requires { what.why.message; })
          return what.why.message.size();
        else if constexpr (requires { what.joined; })
          return size_of(what);
        else
          return 0;
      },
      m);
}

std::size_t size_of(const effect& what) { return sizeof(effect) + visit_effect(carried{}, what); }

} // namespace troupe::actors
