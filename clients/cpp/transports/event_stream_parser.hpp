#pragma once
/// Takes text/event-stream apart, in pieces as they come: the data of each event. Names, ids and `retry` are not looked
/// at: in envelopes everything is in the data. Pure. Bound: what waits for its end has at most `bytes_max`.

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace troupe::clients {

class event_stream_parser {
 public:
  explicit event_stream_parser(std::size_t bytes_max) noexcept : bytes_max_(bytes_max) {}

  /// Calls `event` for each that is whole, until it says false. False: an event is over the bound.
  [[nodiscard]] bool take(std::string_view bytes, const std::function<bool(std::string data)>& event);

 private:
  bool end_of_line(const std::function<bool(std::string)>& event);

  const std::size_t bytes_max_;
  std::string line_, data_;
  bool has_data_ = false;
  bool after_return_ = false;
};

} // namespace troupe::clients
