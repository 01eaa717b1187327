#pragma once
/// A node as troupe.v1 describes it, small enough to be obviously right, behind wires that delay, cut and lose by
/// chance. It knows what it published; a test compares that with what a client was told.

#include "tests/clients/cpp/scripted.hpp"

#include <map>
#include <set>

namespace troupe::clients::test {

class model_line;

class model_node {
 public:
  struct behaviour {
    bool resumes = true;
    bool overtaking = false; ///< answers come by another way than what channels say, as over HTTP
  };

  model_node(stepped_clock& time, behaviour h) : clock(time), how(h) {}

  /// By somebody else, or for a session's key.
  std::uint64_t publish(const std::string& channel, const std::string& data, const std::string& key = {});

  /// Everything that only memory held is gone.
  void restart();

  /// One of the connections, if there is any.
  [[nodiscard]] model_line* some_line(std::uint32_t chance) const;

  [[nodiscard]] std::string epoch() const { return "e" + std::to_string(epoch_); }
  [[nodiscard]] std::uint64_t head(const std::string& channel) { return channels_[channel].offset; }

  void open(model_line& line);
  void hear(model_line& line, const json& what);

  using told = std::map<std::string, std::map<std::uint64_t, std::string>>; ///< epoch → offset → data
  std::map<std::string, told> published;                                    ///< by channel
  std::map<std::string, int> times;                                         ///< each data was published

  stepped_clock& clock;
  const behaviour how;
  unsigned upset = 0; ///< attempts that will fail

 private:
  static constexpr std::size_t log_max = 30;

  struct channel_log {
    std::uint64_t offset = 0;
    std::vector<json> log{};
    std::map<std::string, std::uint64_t> keys{};
  };
  struct session_record {
    std::string token;
    std::set<std::string> in{};
    std::vector<json> journal{};
    model_line* line = nullptr;
  };

  friend class model_line;
  void tell(session_record& to, json message);
  void resume(model_line& line, const json& what);
  void subscribe(session_record& of, const json& what);

  int epoch_ = 1;
  int serial_ = 0;
  std::map<std::string, channel_log> channels_;
  std::map<std::string, std::shared_ptr<session_record>> sessions_; // by token
};

/// A connection to the model.
class model_line final : public connection {
 public:
  model_line(model_node& node, opening what, sink to);
  ~model_line() override { close(false); }

  void send(const command& what) override;
  std::size_t waiting() const override { return 0; }
  void close(bool) override;

  void down(const json& message);
  void cut(); ///< both ends see it, and what is under way is lost

  std::shared_ptr<model_node::session_record> session;

 private:
  enum way : std::size_t { up, answers, downwards };
  void later(way which, std::function<void()> what);

  model_node& node_;
  const opening opening_;
  const sink sink_;
  std::array<milliseconds, 3> ends_{};
  std::vector<timer_ptr> timers_;
  bool whole_ = true;
};

[[nodiscard]] std::unique_ptr<transport> model_transport(client_transport kind, model_node& node);

} // namespace troupe::clients::test
