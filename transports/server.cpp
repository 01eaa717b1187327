#include <utility>

#include "transports/server.hpp"

#include "transports/http_connection.hpp"
#include "transports/listener.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <limits>

#include <sys/resource.h>
#include <unistd.h>

namespace troupe::transports {

std::size_t open_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return 0;
  return limit.rlim_cur == RLIM_INFINITY ? std::numeric_limits<std::size_t>::max() : limit.rlim_cur;
}

namespace {

constexpr std::size_t reserved_files = 128; // logs, loops, listeners, peers, refusals

std::size_t connections_max(std::size_t configured) {
  if (configured != 0)
    return configured;
  const std::size_t files = open_file_limit();
  return files > 2 * reserved_files ? files - reserved_files : files / 2;
}

/// A socket between two loops; closed if it never arrives.
class passage {
 public:
  passage(migrating_request t, connection_permit permit) : migrating_request_(std::move(t)), permit_(std::move(permit)) {}
  ~passage() {
    if (migrating_request_.fd >= 0)
      ::close(migrating_request_.fd);
  }
  passage(const passage&) = delete;
  passage& operator=(const passage&) = delete;

  void arrive(const shard_io_ptr& at) {
    if (!at->handler())
      return;
    migrating_request arrived = std::exchange(migrating_request_, {});
    http_connection::adopt(at, std::move(arrived), std::move(permit_));
  }

 private:
  migrating_request migrating_request_;
  connection_permit permit_;
};

struct shard_listener {
  io_loop* loop = nullptr;
  shard_io_ptr io;
  std::shared_ptr<listener> acceptor{}; // null before `listen`
};

} // namespace

struct server::state {
  config::listen_settings listen;
  config::limit_settings limits;
  connection_slots where;
  std::vector<shard_listener> ends;
  std::shared_ptr<blocking_work> blocking = std::make_shared<blocking_work>();
  std::uint16_t port = 0;

  void connect_shards();
  void close(shard_listener& end);
};

/// Each shard can send sockets to each other one; `shard_io::close` takes this circle apart.
void server::state::connect_shards() {
  const auto all = std::make_shared<const std::vector<shard_listener>>(ends);
  for (const shard_listener& end : ends)
    end.io->set_mover(ends.size(), [all](std::size_t to, migrating_request t, connection_permit permit) {
      const shard_listener& there = (*all)[to];
      const auto moving = std::make_shared<passage>(std::move(t), std::move(permit));
      there.loop->post([moving, io = there.io] { moving->arrive(io); });
    });
}

server::server(const config::settings& settings, std::vector<listener_binding> bindings) : state_(std::make_unique<state>()) {
  state_->listen = settings.listen;
  state_->limits = settings.limits;
  state_->where.max = connections_max(settings.limits.connections);
  for (std::size_t i = 0; i < bindings.size(); ++i) {
    const listener_binding& binding = bindings[i];
    auto made = std::make_shared<transports::shard_io>(binding.loop->context(), *binding.handler, i, bindings.size(), settings.limits);
    made->set_byte_streams(binding.byte_streams);
    made->set_blocking(state_->blocking);
    state_->ends.push_back({binding.loop, std::move(made)});
  }
  state_->connect_shards();
}

void server::listen() {
  socket_address at(state_->listen.address, state_->listen.port);
  if (!state_->listen.shared && at.port() != 0)
    probe_address(at);
  for (shard_listener& end : state_->ends) {
    const int fd = open_listening_socket(at, state_->limits); // the first one chooses the port for all
    end.acceptor = std::make_shared<listener>(end.io, fd, state_->where, state_->limits.accepts_per_second);
  }
  state_->port = at.port();
  for (const shard_listener& end : state_->ends)
    end.loop->post([acceptor = end.acceptor] { acceptor->start(); });
}

std::uint16_t server::port() const noexcept { return state_->port; }

void server::stop_listening(std::function<void()> done) {
  const auto left = std::make_shared<std::atomic<std::size_t>>(state_->ends.size());
  const auto all_done = std::make_shared<std::function<void()>>(std::move(done));
  for (const shard_listener& end : state_->ends)
    end.loop->post([io = end.io, acceptor = end.acceptor, left, all_done] {
      io->drain();
      if (acceptor)
        acceptor->drain();
      if (left->fetch_sub(1) == 1 && *all_done)
        (*all_done)();
    });
}

void server::close_idle() {
  for (const shard_listener& end : state_->ends)
    end.loop->post([io = end.io] { io->close_idle(); });
}

// -- the end ------------------------------------------------------------------

/// On the loop's thread while it runs; after it has ended, here.
void server::state::close(shard_listener& end) {
  const auto work = [&end] {
    if (end.acceptor)
      end.acceptor->close();
    end.io->close();
  };
  if (!end.loop->running() || end.loop->on_this_thread())
    return work();
  const auto closed = std::make_shared<std::promise<void>>(); // the loop may be within it when we go on
  end.loop->post([work, closed] {
    work();
    closed->set_value();
  });
  closed->get_future().wait();
}

server::~server() {
  for (shard_listener& end : state_->ends)
    state_->close(end);
  state_->blocking->stop();
}

std::size_t raise_open_file_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  return open_file_limit();
}

} // namespace troupe::transports
