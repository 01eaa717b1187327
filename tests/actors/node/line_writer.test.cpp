#include "actors/node/line_writer.hpp"
#include "actors/node/node_log.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

using namespace troupe::actors;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t queue_bytes = 8 * 1024;

std::string loss_line(std::uint64_t lines) { return "lost " + std::to_string(lines) + "\n"; }

/// A pipe that is read when the test wants it.
class slow_pipe {
 public:
  explicit slow_pipe(int bytes = 4096) {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0)
      throw std::runtime_error("no pipe");
    ::fcntl(ends_[1], F_SETPIPE_SZ, bytes);
  }
  ~slow_pipe() {
    close_reader();
    ::close(ends_[1]);
  }
  slow_pipe(const slow_pipe&) = delete;
  slow_pipe& operator=(const slow_pipe&) = delete;

  [[nodiscard]] int in() const noexcept { return ends_[1]; }
  void close_reader() {
    if (ends_[0] >= 0)
      ::close(std::exchange(ends_[0], -1));
  }

  /// The next line, with its end.
  std::string line() {
    while (read_.find('\n') == std::string::npos) {
      pollfd one{ends_[0], POLLIN, 0};
      REQUIRE(::poll(&one, 1, patience_ms) > 0);
      std::array<char, 4096> bytes;
      const auto n = ::read(ends_[0], bytes.data(), bytes.size());
      REQUIRE(n > 0);
      read_.append(bytes.data(), static_cast<std::size_t>(n));
    }
    const auto end = read_.find('\n') + 1;
    auto next = read_.substr(0, end);
    read_.erase(0, end);
    return next;
  }

 private:
  static constexpr int patience_ms = 30'000;

  std::string read_;
  std::array<int, 2> ends_{-1, -1};
};

std::string numbered(int i) { return "line " + std::to_string(i) + "\n"; }

/// The number in a line that begins with `before`.
std::uint64_t number_behind(std::string_view before, const std::string& line) {
  return std::stoull(line.substr(line.find(before) + before.size()));
}

} // namespace

TEST_CASE("lines that nobody reads hold nobody up, and the next that is read says how many were lost", "[log]") {
  slow_pipe pipe;
  line_writer writer{pipe.in(), queue_bytes, loss_line};
  constexpr int written = 5000;
  for (int i = 0; i < written; ++i)
    writer.write(numbered(i));
  const auto lost = writer.lost();
  REQUIRE(lost > 0);
  REQUIRE(lost < written);
  std::uint64_t told = 0, read = 0, next = 0;
  while (told < lost || read + lost < written) {
    const auto line = pipe.line();
    if (line.starts_with("lost ")) { // in one portion or several
      told += number_behind("lost ", line);
      continue;
    }
    const auto number = number_behind("line ", line);
    REQUIRE(line == numbered(static_cast<int>(number))); // whole
    REQUIRE(number >= next);                             // in order
    next = number + 1;
    ++read;
  }
  REQUIRE(told == lost);
  REQUIRE(read + lost == written);
  writer.write("last\n");
  REQUIRE(pipe.line() == "last\n");
  REQUIRE(writer.lost() == lost);
}

TEST_CASE("a writer whose reader never comes ends all the same", "[log]") {
  slow_pipe pipe;
  {
    line_writer writer{pipe.in(), queue_bytes, loss_line};
    for (int i = 0; i < 5000; ++i)
      writer.write(numbered(i));
    REQUIRE_FALSE(writer.flush(1ms));
  }
  SUCCEED("it was not waited for");
}

TEST_CASE("what was said last gets out before a writer ends", "[log]") {
  slow_pipe pipe{64 * 1024};
  {
    line_writer writer{pipe.in(), 1024 * 1024, loss_line};
    for (int i = 0; i < 2000; ++i)
      writer.write(numbered(i));
  }
  for (int i = 0; i < 2000; ++i)
    REQUIRE(pipe.line() == numbered(i));
}

TEST_CASE("a line longer than a pipe's piece arrives whole", "[log]") {
  slow_pipe pipe;
  const std::string text(50'000, 'x');
  line_writer writer{pipe.in(), 1024 * 1024, loss_line};
  writer.write(text + "\n");
  REQUIRE(pipe.line() == text + "\n");
}

TEST_CASE("lines that the disk has no room for are counted as lost", "[log]") {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  REQUIRE(full >= 0);
  {
    line_writer writer{full, queue_bytes, loss_line};
    writer.write("a\n");
    writer.write("b\n");
    while (writer.lost() < 2)
      ::poll(nullptr, 0, 1);
    REQUIRE(writer.lost() == 2);
  }
  ::close(full);
}

TEST_CASE("lines to a reader that is gone are counted as lost, and end nothing", "[log]") {
  std::signal(SIGPIPE, SIG_IGN);
  slow_pipe pipe;
  pipe.close_reader();
  line_writer writer{pipe.in(), queue_bytes, loss_line};
  writer.write("a\n");
  while (writer.lost() < 1)
    ::poll(nullptr, 0, 1);
  REQUIRE(writer.lost() == 1);
}

TEST_CASE("a log whose level is off words nothing, and a reloaded level counts from then on", "[log]") {
  slow_pipe pipe;
  troupe::config::log_settings how;
  how.level = "off";
  node_log log{how, pipe.in()};
  REQUIRE_FALSE(log.wants(log_level::error));
  log.error("nobody hears this");
  log.set_level("warn");
  REQUIRE_FALSE(log.wants(log_level::info));
  REQUIRE(log.wants(log_level::warning));
  log.info("nor this");
  log.warn("but this");
  const auto said = pipe.line();
  REQUIRE(said.find("hears") == std::string::npos);
  REQUIRE(said.find("nor this") == std::string::npos);
  REQUIRE(said.ends_with("warning but this\n"));
}

TEST_CASE("a log line has a time with its zone, and is one line whatever it says", "[log]") {
  const log_line forged{log_level::info, "a\n2026-01-01 error {b}\x1b[0m", {}};
  const auto said = [&](const char* format) {
    slow_pipe pipe;
    troupe::config::log_settings how;
    how.format = format;
    node_log log{how, pipe.in()};
    log.write(forged);
    return pipe.line();
  };
  const auto text = said("text");
  INFO(text);
  REQUIRE(text.size() > 30);
  REQUIRE(text[10] == ' ');
  REQUIRE(text[19] == '.');
  REQUIRE((text[23] == '+' || text[23] == '-'));
  REQUIRE(text[26] == ':');
  REQUIRE(text.substr(29) == " info    a 2026-01-01 error {b}?[0m\n");
  const auto object = said("json");
  INFO(object);
  REQUIRE(object.substr(0, 9) == R"({"time":")");
  REQUIRE(object[19] == 'T');
  REQUIRE((object[32] == '+' || object[32] == '-'));
  REQUIRE(object.ends_with("\"level\":\"info\",\"text\":\"a\\n2026-01-01 error {b}\\u001b[0m\",\"event\":\"note\"}\n"));
}

TEST_CASE("a line in text has nothing that a terminal obeys, and what is no UTF-8 is none there", "[log]") {
  const log_line said{log_level::info, "a\x1b[1mb\u009b1mc\u0085d\u2028e\u202ef\xff""g\xf0\x1b[1\u00e9", {}};
  slow_pipe pipe;
  node_log log{{}, pipe.in()};
  log.write(said);
  CHECK(pipe.line().ends_with(" info    a?[1mb?1mc?d?e?f?g??[1\u00e9\n"));
  std::string told;
  node_log{{}, [&](const troupe::log_record& r) { told = r.text; }}.write(said);
  CHECK(told == "a?[1mb?1mc?d?e?f?g??[1\u00e9");
}

TEST_CASE("a line in JSON has its node, time with zone, event, data, and the peer it is about", "[log]") {
  slow_pipe pipe;
  troupe::config::log_settings how;
  how.format = "json";
  node_log log{how, pipe.in(), "n7"};
  const node_event about = events::client_slow{troupe::session_id{9}, troupe::transport_kind::sse, "took nothing", "10.1.2.3:4567"};
  log.write(line_of(about), &about);
  const auto slow = nlohmann::json::parse(pipe.line());
  INFO(slow.dump());
  CHECK(slow["node"] == "n7");
  CHECK(slow["event"] == "slow");
  CHECK(slow["peer"] == "10.1.2.3:4567");
  CHECK(slow["data"] == nlohmann::json{{"session", "s9"}, {"transport", "sse"}, {"reason", "took nothing"}});
  CHECK(slow["time"].get<std::string>().size() == std::string{"2026-11-28T10:11:12.123+00:00"}.size());
  const node_event started = events::actor_started{"broker"};
  how.level = "debug";
  log.set_level("debug");
  log.write(line_of(started), &started);
  const auto plain = nlohmann::json::parse(pipe.line());
  CHECK(plain["event"] == "started");
  CHECK_FALSE(plain.contains("peer"));
  log.warn("something of the process");
  const auto note = nlohmann::json::parse(pipe.line());
  CHECK(note["event"] == "note");
  CHECK(note["node"] == "n7");
}

TEST_CASE("a log in JSON says as JSON that lines were lost", "[log]") {
  slow_pipe pipe;
  troupe::config::log_settings how;
  how.format = "json";
  how.queue_bytes = 4096;
  node_log log{how, pipe.in()};
  for (int i = 0; i < 1000; ++i)
    log.info("line " + std::to_string(i));
  REQUIRE(log.lost() > 0);
  std::uint64_t told = 0;
  while (told < log.lost()) {
    const auto line = nlohmann::json::parse(pipe.line());
    if (line["level"] == "warning")
      told += number_behind("", line["text"]);
  }
  REQUIRE(told == log.lost());
}
