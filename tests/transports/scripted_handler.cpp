#include <utility>

#include "tests/transports/scripted_handler.hpp"

#include "protocol/wire_forms/frame.hpp"

#include <algorithm>
#include <stdexcept>

namespace troupe::transports::test {

// -- diary --------------------------------------------------------------------

void diary::note(std::string what) {
  {
    const std::lock_guard lock(mutex_);
    notes_.push_back(std::move(what));
  }
  changed_.notify_all();
}

std::size_t diary::count_locked(const std::string& what) const {
  return static_cast<std::size_t>(std::count(notes_.begin(), notes_.end(), what));
}

std::size_t diary::count(const std::string& what) const {
  const std::lock_guard lock(mutex_);
  return count_locked(what);
}

bool diary::has(const std::string& what, std::size_t times) const { return count(what) >= times; }

bool diary::await(const std::string& what, std::size_t times) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return count_locked(what) >= times; });
}

std::size_t diary::size() const {
  const std::lock_guard lock(mutex_);
  return notes_.size();
}

std::string diary::last_with(std::string_view beginning) const {
  const std::lock_guard lock(mutex_);
  const auto found =
      std::find_if(notes_.rbegin(), notes_.rend(), [&](const std::string& n) { return n.starts_with(beginning); });
  return found == notes_.rend() ? "" : *found;
}

// -- user ---------------------------------------------------------------------

void scripted_user::on_message(std::string_view bytes, bool text) {
  notes_.note("message " + std::to_string(bytes.size()));
  if (throws)
    throw std::runtime_error("as the test wants");
  if (pauses)
    to_->read(false);
  if (!echoes_)
    return;
  std::string frame;
  protocol::append_frame(frame, text ? protocol::opcode::text : protocol::opcode::binary, bytes.size(),
                         [&](std::string& out) { out += bytes; });
  to_->write_private(frame);
  to_->flush();
}

void scripted_user::on_closed(protocol::close_code code, std::string_view reason) {
  closed_ = true;
  notes_.note("closed " + std::to_string(static_cast<unsigned>(code)));
  notes_.note("reason " + std::string(reason));
  notes_.note("closed");
}

// -- handler ------------------------------------------------------------------

namespace {

http_response echo_of(const http_request& request) {
  return {200, {{"Content-Type", "text/plain"}}, request.method + " " + request.path + " " + request.body};
}

} // namespace

std::size_t scripted_handler::home(http_request& request) const {
  const auto shard = request.parameter("shard");
  return shard ? static_cast<std::size_t>(std::stoul(std::string(*shard))) : 0;
}

void scripted_handler::handle(exchange_ptr exchange) {
  const http_request& request = exchange->request();
  notes.note(request.method + " " + request.path);
  if (request.path == "/throw")
    throw std::runtime_error("as the test wants");
  if (request.path == "/drop")
    return;
  if (request.path == "/stream")
    return open_stream(exchange);
  if (request.path == "/later") {
    loop_.post([exchange] { exchange->respond(echo_of(exchange->request())); });
  } else if (request.path == "/hold") {
    exchange->on_abandoned([this] { notes.note("abandoned"); });
    held.push_back(exchange);
    notes.note("held");
  } else if (request.path == "/large") {
    exchange->respond({200, {}, std::string(std::stoul(std::string(*request.parameter("bytes"))), 'x')},
                      [this](bool written) { notes.note(written ? "written" : "not written"); });
  } else {
    exchange->respond(echo_of(request), [this](bool written) { notes.note(written ? "written" : "not written"); });
  }
}

void scripted_handler::open_stream(const exchange_ptr& exchange) {
  auto opened = exchange->stream({200, {{"Content-Type", "text/event-stream"}}, {}});
  users.push_back(std::make_unique<scripted_user>(notes, opened, false));
  opened->set_user(users.back().get());
  opened->write_private("data: hello\n\n");
  opened->flush();
  notes.note("opened");
}

void scripted_handler::upgrade(exchange_ptr exchange) {
  const http_request& request = exchange->request();
  notes.note("upgrade " + request.path);
  if (request.path == "/no")
    return exchange->respond(error_response(403, "refused", "not here"));
  if (request.path == "/throw")
    throw std::runtime_error("as the test wants");
  if (request.path != "/ws-later")
    return open_web_socket(exchange);
  exchange->on_abandoned([this] { notes.note("abandoned"); });
  held.push_back(std::move(exchange));
  notes.note("held");
}

void scripted_handler::accept_held() {
  const auto exchange = held.front();
  held.erase(held.begin());
  open_web_socket(exchange);
}

void scripted_handler::open_web_socket(const exchange_ptr& exchange) {
  upgrade_accepted how;
  how.message_bytes_max = message_bytes_max;
  if (const auto asked = exchange->request().header("sec-websocket-protocol"))
    how.subprotocol = asked->substr(0, asked->find(','));
  const auto connection = exchange->upgrade(how);
  if (!connection)
    return notes.note("no web socket");
  try {
    opened(connection, exchange->request().path);
    connection->flush();
  } catch (const std::exception&) {
    connection->abort();
  }
}

void scripted_handler::opened(const std::shared_ptr<connection>& connection, const std::string& path) {
  if (path == "/abandoned")
    return notes.note("not taken");
  users.push_back(std::make_unique<scripted_user>(notes, connection, path.starts_with("/ws")));
  connection->set_user(users.back().get());
  if (path == "/throw-late")
    throw std::runtime_error("as the test wants");
  notes.note("opened");
}

void scripted_handler::count(transport_event event, std::uint64_t n) {
  {
    const std::lock_guard lock(mutex_);
    counts_[event] += n;
  }
  changed_.notify_all();
}

bool scripted_handler::await(transport_event event, std::uint64_t n) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return counts_[event] >= n; });
}

std::uint64_t scripted_handler::counted(transport_event event) const {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(event);
  return found == counts_.end() ? 0 : found->second;
}

void scripted_handler::answer_held(std::string body) {
  const auto exchange = std::move(held.front());
  held.erase(held.begin());
  exchange->respond({200, {}, std::move(body)},
                    [this](bool written) { notes.note(written ? "written" : "not written"); });
}

} // namespace troupe::transports::test
