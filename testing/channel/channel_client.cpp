#include "testing/channel/channel_bench.hpp"

#include <troupe/testing/channel_client.hpp>

#include <utility>

namespace troupe::testing {

channel_client::channel_client(std::shared_ptr<channel_bench> bench, session_id id) : bench_(std::move(bench)), id_(id) {}

bool channel_client::is_in() const { return bench_->client(id_).now() == listener::phase::in; }

answer channel_client::joined() const {
  const auto& state = bench_->client(id_).joined;
  if (!state)
    throw unmet(to_string(id_) + " never asked to come in");
  return answer{state};
}

// -- commands -----------------------------------------------------------------

answer channel_client::join(payload params, std::optional<position> since) {
  return bench_->join(id_, std::move(params), std::move(since));
}

answer channel_client::leave() { return bench_->command(id_, "leave", actors::leave{leave_reason::left}); }

answer channel_client::call(std::string event, payload data, call_options how) {
  protocol::call c{bench_->inside().parts->name, std::move(event), std::move(data), {}, std::move(how.key)};
  if (how.timeout)
    c.timeout = how.timeout->count();
  const auto called = "call " + c.event;
  return bench_->command(id_, called, std::move(c));
}

answer channel_client::publish(std::string event, payload data, publish_options how) {
  protocol::publish p{bench_->inside().parts->name, std::move(event), std::move(data), std::move(how.key), how.echo,
                      how.ephemeral};
  const auto called = "publish " + p.event;
  return bench_->command(id_, called, std::move(p));
}

void channel_client::reply(payload data) {
  const auto question = bench_->client(id_).next_ask();
  if (!question)
    throw unmet(to_string(id_) + " has no question to answer. Heard was:\n" + to_string(heard()));
  bench_->command(id_, "answer", protocol::answer{*question, std::move(data)});
}

// -- its connection -----------------------------------------------------------

void channel_client::drop() { bench_->drop(id_); }
void channel_client::come_back() { bench_->come_back(id_); }
void channel_client::lose() { bench_->lose(id_); }

// -- what it heard ------------------------------------------------------------

const std::vector<heard_message>& channel_client::heard() const { return bench_->client(id_).heard(); }
std::string channel_client::news() { return bench_->client(id_).news(); }
position channel_client::at() const { return bench_->client(id_).at(); }

} // namespace troupe::testing
