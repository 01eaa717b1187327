// The proxy of the ledger does what it is told to do to connections, and nothing else.

#include "tests/ledger/proxy.hpp"
#include "tests/seed.hpp"
#include "tests/transports/client.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

using namespace troupe::ledger;
using namespace std::chrono_literals;
using troupe::transports::test::client;
using boost::system::error_code;
using tcp = boost::asio::ip::tcp;

namespace {

/// What a server has heard.
class notebook {
 public:
  void note(std::string_view what) {
    const std::lock_guard guard{mutex_};
    text_ += what;
    noted_.notify_all();
  }
  /// Waits until it is that, or for as long as tests are patient.
  bool is(std::string_view text) {
    std::unique_lock guard{mutex_};
    return noted_.wait_for(guard, troupe::transports::test::patience, [&] { return text_ == text; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable noted_;
  std::string text_;
};

/// Says back what it hears, and `bye` when the other side has ended.
struct echo_line : std::enable_shared_from_this<echo_line> {
  echo_line(tcp::socket s, notebook& into) : socket(std::move(s)), heard(into) {}
  void run() {
    socket.async_read_some(boost::asio::buffer(bytes), [self = shared_from_this()](error_code error, std::size_t n) {
      self->heard.note({self->bytes.data(), n});
      std::string back{self->bytes.data(), n};
      if (error)
        back = error == boost::asio::error::eof ? "bye" : "";
      const auto text = std::make_shared<std::string>(std::move(back));
      boost::asio::async_write(self->socket, boost::asio::buffer(*text), [self, text, ended = bool(error)](error_code failed, std::size_t) {
        if (!failed && !ended)
          self->run();
      });
    });
  }
  tcp::socket socket;
  notebook& heard;
  std::array<char, 1000> bytes{};
};

/// A proxy before a server that echoes, on a thread of their own.
class setting {
 public:
  explicit setting(fate of) : server_(loop_, {boost::asio::ip::address_v4::loopback(), 0}),
                              proxy_(loop_, server_.local_endpoint().port(), [of] { return of; }) {
    accept();
    thread_ = std::thread{[this] { loop_.run(); }};
  }
  ~setting() { end(); }

  void end() {
    boost::asio::post(loop_, [this] {
      error_code ignored;
      server_.close(ignored);
      proxy_.close();
      loop_.stop();
    });
    if (thread_.joinable())
      thread_.join();
  }

  void calm() { boost::asio::post(loop_, [this] { proxy_.calm(); }); }
  [[nodiscard]] client connect() const { return client{proxy_.port()}; }
  [[nodiscard]] notebook& heard() noexcept { return heard_; }
  /// To be looked at once all is over.
  [[nodiscard]] const proxy& between() const noexcept { return proxy_; }

 private:
  void accept() {
    server_.async_accept([this](error_code error, tcp::socket line) {
      if (error)
        return;
      std::make_shared<echo_line>(std::move(line), heard_)->run();
      accept();
    });
  }
  boost::asio::io_context loop_{1};
  tcp::acceptor server_;
  proxy proxy_;
  notebook heard_;
  std::thread thread_;
};

std::string long_text() {
  std::string text;
  for (int i = 0; text.size() < 50'000; ++i)
    text += std::to_string(i) + ",";
  return text;
}

} // namespace

TEST_CASE("what goes through the proxy comes out as it went in, whole, chopped or late") {
  const auto text = long_text();
  for (const fate& how : {fate{}, fate{.piece = 7}, fate{.piece = 1000, .delay = 1ms}}) {
    setting s{how};
    auto c = s.connect();
    std::thread speaker{[&] { c.send(text); }};
    CHECK(c.read(text.size()) == text);
    speaker.join();
    CHECK(s.heard().is(text));
    s.end();
    CHECK(s.between().harmed().empty());
  }
}

TEST_CASE("an end that a side says is handed on, and the other way stays open") {
  setting s{{}};
  auto c = s.connect();
  c.send("hello");
  REQUIRE(c.read(5) == "hello");
  c.finish_sending();
  CHECK(c.read_to_end() == "bye");
  CHECK_FALSE(c.was_reset());
}

TEST_CASE("a reset that a side sends is handed on") {
  setting s{{}};
  {
    auto c = s.connect();
    c.send("hello");
    REQUIRE(c.read(5) == "hello");
    c.reset();
  }
  auto other = s.connect(); // others are not touched
  other.send("x");
  CHECK(other.read(1) == "x");
}

TEST_CASE("a connection is cut after so many bytes") {
  setting s{{{{harm::cut, 10}}}};
  auto c = s.connect();
  c.send("hello");
  const auto back = c.read_to_end();
  CHECK(std::string_view{"hello"}.starts_with(back)); // the kernel forgets what was not read
  CHECK(c.was_reset());
  s.end();
  CHECK(s.between().harmed().at(harm::cut) == 1);
}

TEST_CASE("both sides are told an end, behind what was said") {
  setting s{{{{harm::finish, 10}}}};
  auto c = s.connect();
  c.send("hello");
  CHECK(c.read_to_end() == "hello");
  CHECK_FALSE(c.was_reset());
}

TEST_CASE("only the client is told an end, and what it says still arrives") {
  setting s{{{{harm::finish_client, 10}}}};
  auto c = s.connect();
  c.send("hello");
  CHECK(c.read_to_end() == "hello");
  c.send("more");
  c.finish_sending();
  CHECK(s.heard().is("hellomore"));
}

TEST_CASE("only the server is told an end, and what it says still arrives") {
  setting s{{{{harm::finish_server, 10}}}};
  auto c = s.connect();
  c.send("hello");
  CHECK(c.read(8) == "hellobye");
}

TEST_CASE("what is stalled comes later, whole, and at once when all is calm") {
  for (const auto how : {harm::stall, harm::stall_to_client, harm::stall_to_server}) {
    INFO(to_string(how));
    const auto text = long_text();
    SECTION(std::string{"after its time: "} + std::string{to_string(how)}) {
      setting s{{{{how, 5000, 20ms}, {how, 20'000, 20ms}}}};
      auto c = s.connect();
      std::thread speaker{[&] { c.send(text); }};
      CHECK(c.read(text.size()) == text);
      speaker.join();
      s.end();
      CHECK(s.between().harmed().at(how) == 2);
    }
    SECTION(std::string{"when all is calm: "} + std::string{to_string(how)}) {
      setting s{{{{how, 1, 24h}}}};
      auto c = s.connect();
      c.send("hello");
      REQUIRE(s.heard().is("hello")); // then it is stalled
      std::thread speaker{[&] { c.send(text); }};
      s.calm();
      CHECK(c.read(5 + text.size()) == "hello" + text);
      speaker.join();
      s.end();
      CHECK(s.between().harmed().at(how) == 1);
    }
  }
}

TEST_CASE("fates are drawn by seed, and hold everything that can go wrong") {
  const auto seed = troupe::test::seed();
  fates one{seed, {}}, same{seed, {}};
  std::set<harm> happened;
  bool chopped = false, delayed = false, unharmed = false;
  for (int i = 0; i < 1000; ++i) {
    const auto a = one.draw(), b = same.draw();
    REQUIRE(a.mishaps.size() == b.mishaps.size());
    REQUIRE(a.piece == b.piece);
    REQUIRE(a.delay == b.delay);
    for (std::size_t m = 0; m < a.mishaps.size(); ++m) {
      REQUIRE(a.mishaps[m].what == b.mishaps[m].what);
      REQUIRE(a.mishaps[m].after == b.mishaps[m].after);
      happened.insert(a.mishaps[m].what);
    }
    chopped = chopped || a.piece > 0;
    delayed = delayed || a.delay > 0ms;
    unharmed = unharmed || a.mishaps.empty();
  }
  CHECK(happened.size() == all_harms.size());
  CHECK(chopped);
  CHECK(delayed);
  CHECK(unharmed);
}
