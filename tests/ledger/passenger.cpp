#include "tests/ledger/passenger.hpp"

#include <algorithm>
#include <utility>

namespace troupe::ledger {

using boost::system::error_code;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t forgotten_max = 2;
constexpr std::string_view key_of_upgrade = "dGhlIHNhbXBsZSBub25jZQ==";

std::string get_request(const std::string& target, way over) {
  auto text = "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  if (is_web_socket(over))
    text += "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
            std::string{key_of_upgrade} + "\r\nSec-WebSocket-Protocol: " +
            (over == way::ws_json ? "troupe.v1.json" : "troupe.v1.msgpack") + "\r\n";
  return text + "\r\n";
}

std::string post_request(const std::string& body) {
  return "POST /send HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

} // namespace

passenger::passenger(boost::asio::io_context& loop, std::uint16_t port, std::uint32_t seed, temper how, std::string name,
                     std::vector<std::string> channels)
    : loop_(loop), port_(port), dice_(seed), temper_(how), who_(std::move(name), std::move(channels)), next_(loop),
      patience_(loop) {}

void passenger::start() { come(draw_way()); }

void passenger::calm() {
  calm_ = true;
  next_.cancel();
}

void passenger::come_again(std::optional<way> over) {
  leave();
  come(over ? *over : draw_way());
}

void passenger::ask_counts() {
  for (const auto& channel : who_.channels())
    if (channel.starts_with("told:"))
      who_.call(channel, "count", true);
  speak();
}

void passenger::end() {
  ended_ = true;
  leave();
  for (const auto& line : forgotten_)
    line->close();
  next_.cancel();
  patience_.cancel();
}

// -- connections --------------------------------------------------------------

way passenger::draw_way() {
  std::vector<way> ways;
  std::copy_if(all_ways.begin(), all_ways.end(), std::back_inserter(ways), [&](way w) { return who_.may_take(w); });
  return ways[draw(static_cast<std::uint32_t>(ways.size()))];
}

void passenger::come(way over) {
  ++connections_;
  const auto number = connections_;
  reader_.emplace(is_web_socket(over) ? wire_reader::kind::web_socket
                  : over == way::sse  ? wire_reader::kind::events
                                      : wire_reader::kind::answers);
  const auto expected = std::exchange(said_goodbye_, false) ? seen::chance::open : seen::chance::goes_on;
  const auto target = who_.set_out(over, expected);
  line_ = std::make_shared<tcp_line>(
      loop_, [this, number](std::string_view bytes) { on_bytes(number, bytes); }, [this, number] { on_end(number); });
  line_->open(port_);
  send_request(target);
  patience_.expires_after(temper_.gives_up);
  patience_.async_wait([this, number](error_code error) {
    if (error || ended_ || number != connections_ || who_.settled())
      return;
    come_again(who_.stranded() ? std::optional{way::ws_json} : std::nullopt);
  });
  if (!calm_)
    act_later();
}

void passenger::come_soon() {
  next_.expires_after(milliseconds{draw(100)});
  next_.async_wait([this](error_code error) {
    if (!error && !ended_ && !line_)
      come(draw_way());
  });
}

void passenger::drop_posts() {
  for (auto& [id, one] : std::exchange(posts_, {}))
    one.line->leave(tcp_line::how::by_reset);
}

/// By a reset, an end, or a close frame without code, as a page that may come back sends it.
void passenger::leave() {
  drop_posts();
  if (!line_)
    return;
  const auto line = std::exchange(line_, nullptr);
  if (is_web_socket(who_.over()) && draw(3) == 0)
    line->send(close_frame(0));
  line->leave(draw(2) == 0 ? tcp_line::how::by_reset : tcp_line::how::by_end);
}

/// The node does not see it go.
void passenger::leave_silently() {
  drop_posts();
  if (!line_)
    return;
  line_->leave(tcp_line::how::quietly);
  forgotten_.push_back(std::exchange(line_, nullptr));
  if (forgotten_.size() > forgotten_max) {
    forgotten_.front()->close();
    forgotten_.pop_front();
  }
}

// -- what comes ---------------------------------------------------------------

void passenger::on_end(std::uint64_t connection) {
  if (connection != connections_ || ended_)
    return;
  line_ = nullptr;
  drop_posts();
  come_soon();
}

void passenger::on_bytes(std::uint64_t connection, std::string_view bytes) {
  for (const auto& one : reader_->take(bytes)) {
    if (connection != connections_ || !line_)
      return;
    on_item(one);
  }
  if (connection == connections_ && line_)
    speak();
}

void passenger::on_item(const wire_reader::item& one) {
  using what = wire_reader::item::what;
  switch (one.is) {
  case what::ready: return;
  case what::message: return who_.hear(one.body);
  case what::ping: return line_->send(pong_frame(one.bytes));
  case what::answer:
    if (one.status == 200 && one.body.is_object()) {
      who_.hear_poll(one.body);
      return send_request(who_.next_poll());
    }
    [[fallthrough]];
  case what::refused:
  case what::closed:
    line_->leave(tcp_line::how::by_end);
    on_end(connections_);
  }
}

void passenger::on_posted(std::uint64_t id, std::string_view bytes) {
  const auto found = posts_.find(id);
  if (found == posts_.end())
    return;
  for (const auto& one : found->second.reader.take(bytes)) {
    const auto line = found->second.line;
    posts_.erase(found);
    line->leave(tcp_line::how::by_end);
    if (one.body.is_object())
      who_.hear_posted(id, one.body);
    else
      who_.not_posted(id);
    return;
  }
}

// -- what goes ----------------------------------------------------------------

void passenger::send_request(const std::string& target) { line_->send(get_request(target, who_.over())); }

void passenger::speak() {
  if (!line_)
    return;
  for (const auto& what : who_.take_said()) {
    if (who_.over() == way::ws_json) {
      line_->send(text_frame(what.dump()));
    } else {
      const auto bytes = json::to_msgpack(what);
      line_->send(binary_frame({reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
    }
  }
  for (const auto& [id, body] : who_.take_posts(4))
    send_post(id, body);
}

void passenger::send_post(std::uint64_t id, const json& body) {
  auto& one = posts_[id];
  one.line = std::make_shared<tcp_line>(
      loop_, [this, id](std::string_view bytes) { on_posted(id, bytes); },
      [this, id] {
        posts_.erase(id);
        who_.not_posted(id); // again, when it acts next
      });
  one.line->open(port_);
  one.line->send(post_request(body.dump()));
}

const std::string& passenger::draw_channel(std::string_view begins) {
  std::vector<const std::string*> some;
  for (const auto& c : who_.channels())
    if (c.starts_with(begins))
      some.push_back(&c);
  return *some.at(draw(static_cast<std::uint32_t>(some.size())));
}

void passenger::act_later() {
  const auto span = static_cast<std::uint32_t>((temper_.act_max - temper_.act_min).count());
  next_.expires_after(temper_.act_min + milliseconds{draw(span)});
  next_.async_wait([this](error_code error) {
    if (!error && !ended_)
      act();
  });
}

void passenger::act() {
  if (calm_ || !line_)
    return;
  if (draw(temper_.leaves) == 0) {
    draw(3) == 0 ? leave_silently() : leave();
    return draw(3) == 0 ? come(draw_way()) : come_soon();
  }
  const bool web_socket = is_web_socket(who_.over());
  if (who_.settled())
    switch (draw(8)) {
    case 0:
    case 1:
    case 2: who_.call(draw_channel("told:"), "tell", !web_socket || draw(2) == 0); break;
    case 3: who_.publish(draw_channel("open:"), !web_socket || draw(2) == 0); break;
    case 4: who_.ping(); break;
    case 5:
      if (web_socket)
        who_.misspeak();
      break;
    default: break;
    }
  speak();
  act_later();
}

} // namespace troupe::ledger
