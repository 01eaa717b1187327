#include <utility>

#include "tests/server/path_proxy.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <future>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace troupe::server::test {

namespace {

using boost::asio::ip::tcp;
using error_code = boost::system::error_code;

void break_off(tcp::socket& s) {
  error_code ignored;
  s.set_option(boost::asio::socket_base::linger{true, 0}, ignored);
  s.close(ignored);
}

/// `/events` of `GET /events?channel= HTTP/1.1`.
std::string path_of(const std::string& head) {
  const auto begin = std::min(head.find(' ') + 1, head.size());
  return head.substr(begin, head.find_first_of("? ", begin) - begin);
}

/// One connection, and the one behind it.
class line : public std::enable_shared_from_this<line> {
 public:
  explicit line(tcp::socket near) : near_(std::move(near)), far_(near_.get_executor()) {}

  /// Reads what is asked for; `decide` says what is to be done.
  void start(std::function<path_proxy::rule(const std::string&)> decide, tcp::endpoint to) {
    near_.async_read_some(boost::asio::buffer(up_),
                          [=, this, self = shared_from_this()](const error_code& error, std::size_t size) {
                            if (error)
                              return cut();
                            head_.append(up_.data(), size);
                            if (head_.find("\r\n") == std::string::npos)
                              return start(decide, to);
                            obey(decide(path_of(head_)), to);
                          });
  }

  void cut() {
    break_off(near_);
    break_off(far_);
  }

 private:
  void obey(path_proxy::rule what, const tcp::endpoint& to) {
    switch (what) {
    case path_proxy::rule::silent:
      return wait();
    case path_proxy::rule::reset:
      return cut();
    case path_proxy::rule::refuse:
      head_ = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      return boost::asio::async_write(near_, boost::asio::buffer(head_),
                                      [self = shared_from_this()](const error_code&, std::size_t) {
                                        error_code ignored;
                                        self->near_.shutdown(tcp::socket::shutdown_both, ignored);
                                      });
    case path_proxy::rule::pass:
      break;
    }
    far_.async_connect(to, [this, self = shared_from_this()](const error_code& error) {
      if (error)
        return cut();
      boost::asio::async_write(far_, boost::asio::buffer(head_), [this, self](const error_code& no, std::size_t) {
        if (no)
          return cut();
        pass(near_, far_, up_);
        pass(far_, near_, down_);
      });
    });
  }

  /// Until it is cut, by either side.
  void wait() {
    near_.async_read_some(
        boost::asio::buffer(up_),
        [this, self = shared_from_this()](const error_code& error, std::size_t) { error ? cut() : wait(); });
  }

  using piece = std::array<char, 16384>;

  void pass(tcp::socket& from, tcp::socket& to, piece& through) {
    from.async_read_some(boost::asio::buffer(through),
                         [&, this, self = shared_from_this()](const error_code& error, std::size_t size) {
                           if (error) {
                             error_code ignored;
                             to.shutdown(tcp::socket::shutdown_send, ignored);
                             return;
                           }
                           boost::asio::async_write(to, boost::asio::buffer(through, size),
                                                    [&, this, self](const error_code& no, std::size_t) {
                                                      no ? cut() : pass(from, to, through);
                                                    });
                         });
  }

  tcp::socket near_, far_;
  std::string head_;
  piece up_{}, down_{};
};

} // namespace

class path_proxy::inside {
 public:
  explicit inside(std::uint16_t to)
      : node_(boost::asio::ip::address_v4::loopback(), to),
        listener_(loop_, tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}) {
    accept();
    thread_ = std::thread{[this] { loop_.run(); }};
  }

  ~inside() {
    loop_.stop();
    thread_.join();
  }

  [[nodiscard]] std::uint16_t port() const { return listener_.local_endpoint().port(); }

  void set(const std::string& path, rule what) {
    const std::lock_guard lock{mutex_};
    rules_[path] = what;
  }

  void snap() {
    std::promise<void> done;
    boost::asio::post(loop_, [&] {
      for (const auto& each : std::exchange(lines_, {}))
        if (const auto l = each.lock())
          l->cut();
      done.set_value();
    });
    done.get_future().get();
  }

  [[nodiscard]] std::size_t asked(const std::string& path) const {
    const std::lock_guard lock{mutex_};
    const auto found = asked_.find(path);
    return found == asked_.end() ? 0 : found->second;
  }

 private:
  void accept() {
    listener_.async_accept([this](const error_code& error, tcp::socket near) {
      if (error)
        return;
      const auto l = std::make_shared<line>(std::move(near));
      lines_.push_back(l);
      l->start([this](const std::string& path) { return decide(path); }, node_);
      accept();
    });
  }

  rule decide(const std::string& path) {
    const std::lock_guard lock{mutex_};
    ++asked_[path];
    const auto found = rules_.find(path);
    return found == rules_.end() ? rule::pass : found->second;
  }

  boost::asio::io_context loop_;
  const tcp::endpoint node_;
  tcp::acceptor listener_;
  std::vector<std::weak_ptr<line>> lines_;
  mutable std::mutex mutex_;
  std::map<std::string, rule> rules_;
  std::map<std::string, std::size_t> asked_;
  std::thread thread_;
};

path_proxy::path_proxy(std::uint16_t to) : inside_(std::make_unique<inside>(to)) {}
path_proxy::~path_proxy() = default;

std::string path_proxy::url() const { return "http://127.0.0.1:" + std::to_string(inside_->port()); }
void path_proxy::set(const std::string& path, rule what) { inside_->set(path, what); }
void path_proxy::snap() { inside_->snap(); }
std::size_t path_proxy::asked(const std::string& path) const { return inside_->asked(path); }

} // namespace troupe::server::test
