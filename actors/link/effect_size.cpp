#include "actors/link/effect_size.hpp"

namespace troupe::actors {

namespace {

std::size_t size_of(const page& replay) {
  std::size_t bytes = 0;
  for (const auto& p : replay.items)
    bytes += p->size();
  return bytes;
}

std::size_t size_of(const protocol::server_message& m) {
  return std::visit(
      [](const auto& said) -> std::size_t {
        if constexpr (requires { said.data.size(); })
          return said.data.size();
        else if constexpr (requires { said.why.message; })
          return said.why.message.size();
        else
          return 0;
      },
      m);
}

struct carried {
  std::size_t operator()(const published& e) const { return e.what->size(); }
  std::size_t operator()(const said& e) const { return size_of(e.what); }
  std::size_t operator()(const joined& e) const { return e.what.data.size() + size_of(e.replay); }
  std::size_t operator()(const join_refused& e) const { return e.what.why.message.size(); }
  std::size_t operator()(const read_page& e) const { return size_of(e.replay); }
  std::size_t operator()(const left& e) const { return e.what.reason.size(); }
  std::size_t operator()(const presence_changed& e) const {
    return (e.what.joined.size() + e.what.left.size()) * sizeof(protocol::member_info);
  }
  std::size_t operator()(const epoch_changed&) const { return 0; }
  std::size_t operator()(const skipped&) const { return 0; }
};

} // namespace

std::size_t size_of(const effect& what) { return sizeof(effect) + visit_effect(carried{}, what); }

} // namespace troupe::actors
