#pragma once

#include "tests/ledger/tcp_line.hpp"
#include "tests/ledger/traveller.hpp"
#include "tests/ledger/wire_reader.hpp"

#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <vector>

namespace troupe::ledger {

/// How restless clients are.
struct temper {
  std::chrono::milliseconds act_min{50}, act_max{600}; ///< between two things it does by itself
  std::uint32_t leaves = 6;                            ///< of so many things one is to leave its connection
  std::chrono::milliseconds gives_up{5000};            ///< on a connection that does not come to stand
};

/// Takes a traveller over real sockets: it acts at random, by seed, and comes back whenever its connection is gone.
///
/// Owner: the storm. Thread: the loop's.
class passenger {
 public:
  passenger(boost::asio::io_context& loop, std::uint16_t port, std::uint32_t seed, temper how, std::string name,
            std::vector<std::string> channels);

  void start();
  /// From now on it does nothing by itself but come back when it must.
  void calm();
  /// Comes over a new connection, whatever it has.
  void come_again(std::optional<way> over = {});
  /// Asks each channel that counts how much was said to it alone.
  void ask_counts();
  /// Leaves for good.
  void end();

  [[nodiscard]] const traveller& who() const noexcept { return who_; }
  [[nodiscard]] std::uint64_t connections() const noexcept { return connections_; }

 private:
  using line_ptr = std::shared_ptr<tcp_line>;
  struct post {
    line_ptr line{};
    wire_reader reader{wire_reader::kind::answers};
  };

  void come(way over);
  void come_soon();
  void act();
  void act_later();
  void leave();
  void leave_silently();
  void drop_posts();
  void send_request(const std::string& target);
  void on_bytes(std::uint64_t connection, std::string_view bytes);
  void on_item(const wire_reader::item& one);
  void on_end(std::uint64_t connection);
  void on_posted(std::uint64_t id, std::string_view bytes);
  void speak();
  void send_post(std::uint64_t id, const json& body);
  [[nodiscard]] way draw_way();
  [[nodiscard]] std::uint32_t draw(std::uint32_t n) { return static_cast<std::uint32_t>(dice_()) % n; }
  [[nodiscard]] const std::string& draw_channel(std::string_view begins);

  boost::asio::io_context& loop_;
  const std::uint16_t port_;
  std::mt19937 dice_;
  const temper temper_;
  traveller who_;
  line_ptr line_;
  std::deque<line_ptr> forgotten_; // left without a word: open, and unread
  std::optional<wire_reader> reader_;
  std::map<std::uint64_t, post> posts_;
  boost::asio::steady_timer next_, patience_;
  std::uint64_t connections_ = 0;
  bool calm_ = false, ended_ = false, said_goodbye_ = false;
};

} // namespace troupe::ledger
