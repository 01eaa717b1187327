#include "actors/sessions/outlet_queue.hpp"

#include "protocol/names.hpp"

#include <algorithm>

namespace troupe {

// -- the application ----------------------------------------------------------

/// What is called within the lock lives as long as nobody has ended it.
handed outlet::queue::offer(item what) {
  what.bytes += sizeof(item);
  const std::lock_guard guard{mutex_};
  if (!open_)
    return handed::stopped;
  if (!fits(what.bytes)) {
    wanted_ = what.bytes;
    if (!std::exchange(said_full_, true))
      events_->announce(actors::events::limit_passed{
          items_ >= most_.items ? "limits.outlet_items" : "limits.outlet_bytes", "outlet"});
    return handed::full;
  }
  wanted_ = 0;
  ++items_;
  bytes_ += what.bytes;
  incoming_.push_back(std::move(what));
  if (incoming_.size() == 1)
    wake_();
  return handed::over;
}

bool outlet::queue::wait_for_room(std::chrono::milliseconds most) {
  std::unique_lock guard{mutex_};
  ++waiters_;
  const auto has_room = [this] { return fits(std::max(wanted_, sizeof(item))); };
  room_.wait_for(guard, most, [&] { return !open_ || has_room(); });
  --waiters_;
  return open_ && has_room();
}

std::size_t outlet::queue::waiting() const {
  const std::lock_guard guard{mutex_};
  return items_;
}

// -- the node -----------------------------------------------------------------

void outlet::queue::open(limits most, std::function<void()> wake, actors::announcer& events) {
  const std::lock_guard guard{mutex_};
  open_ = true;
  most_ = most;
  wake_ = std::move(wake);
  events_ = &events;
}

void outlet::queue::close() {
  const std::lock_guard guard{mutex_};
  open_ = false;
  room_.notify_all();
}

void outlet::queue::end() {
  const std::lock_guard guard{mutex_};
  open_ = false;
  wake_ = nullptr;
  events_ = nullptr;
  room_.notify_all();
}

void outlet::queue::nudge() {
  const std::lock_guard guard{mutex_};
  if (wake_)
    wake_();
}

// -- the desk -----------------------------------------------------------------

void outlet::queue::take(std::vector<item>& into) {
  const std::lock_guard guard{mutex_};
  incoming_.swap(into);
}

void outlet::queue::release(std::size_t items, std::size_t bytes) {
  const std::lock_guard guard{mutex_};
  items_ -= items;
  bytes_ -= bytes;
  said_full_ = said_full_ && items_ > most_.items / 2; // not each time that one fits again
  if (waiters_ > 0)
    room_.notify_all();
}

// -- the public face ----------------------------------------------------------

handed outlet::publish_payload(std::string channel, std::string event, payload data, callback then,
                               publish_options how) const {
  if (!queue_)
    return handed::stopped;
  const auto bytes = data.size();
  protocol::publish p{std::move(channel), std::move(event), std::move(data), std::move(how.key), true, how.ephemeral};
  return queue_->offer({std::move(p), std::move(then), bytes});
}

handed outlet::push_payload(std::string channel, session_id to, std::string event, payload data, callback then) const {
  if (!queue_)
    return handed::stopped;
  const auto bytes = data.size();
  return queue_->offer({queue::pushed{std::move(channel), to, std::move(event), std::move(data)}, std::move(then), bytes});
}

handed outlet::call_payload(std::string channel, std::string event, payload data, callback then, call_options how) const {
  if (!queue_)
    return handed::stopped;
  const auto bytes = data.size();
  protocol::call c{std::move(channel), std::move(event), std::move(data), std::nullopt, std::move(how.key)};
  if (how.timeout.count() > 0)
    c.timeout = how.timeout.count();
  return queue_->offer({std::move(c), std::move(then), bytes});
}

handed outlet::disconnect(session_id who, std::string reason, callback then) const {
  if (!queue_)
    return handed::stopped;
  const auto bytes = reason.size();
  return queue_->offer({queue::ended{who, std::move(reason)}, std::move(then), bytes});
}

bool outlet::wait_for_room(std::chrono::milliseconds most) const { return queue_ && queue_->wait_for_room(most); }

std::size_t outlet::waiting() const { return queue_ ? queue_->waiting() : 0; }

namespace {

/// Kept once, also when nobody has called it.
class kept_promise {
 public:
  ~kept_promise() { keep(failure{error_code::unavailable, "it was not handed over"}); }
  void keep(const outlet_answer& what) {
    if (!std::exchange(kept_, true))
      promise_.set_value(what);
  }
  [[nodiscard]] std::future<outlet_answer> future() { return promise_.get_future(); }

 private:
  std::promise<outlet_answer> promise_;
  bool kept_ = false;
};

} // namespace

std::pair<outlet::callback, std::future<outlet_answer>> future_answer() {
  auto promise = std::make_shared<kept_promise>();
  auto future = promise->future();
  return {[promise = std::move(promise)](const outlet_answer& what) { promise->keep(what); }, std::move(future)};
}

} // namespace troupe

namespace troupe::actors {

const std::string& channel_of(const outlet_queue::item& what) {
  static const std::string none;
  return std::visit(
      [](const auto& w) -> const std::string& {
        if constexpr (requires { w.channel; })
          return w.channel;
        else
          return none;
      },
      what.what);
}

} // namespace troupe::actors
