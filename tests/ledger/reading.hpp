#pragma once

#include "tests/ledger/verdict.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace troupe::ledger {

/// Reads one client's record from its beginning to its end beside the truth. Owner: `judge`; used once.
class reading {
 public:
  reading(const truth& said, const record& of, promise what, verdict& into);

  void run();

 private:
  /// Where the client stands in a channel.
  struct standing {
    bool in = false;
    std::optional<place> at{};
    std::uint64_t told_up_to = 0; ///< a gap, or `recovered:false`, went so far: what was said before may come behind it
    std::uint64_t pushes = 0;     ///< the last number; of this session
    std::uint64_t owed = 0;       ///< numbers that the channel has given, as it says
    bool pushes_may_jump = false; ///< it was told that some are lost
    bool has_heard = false;       ///< a publication, over this connection
    std::string needless_gap{};   ///< told within the window; whether it may be is known with what comes next
  };

  /// A command.
  struct errand {
    int sent = 0, answered = 0;
    bool keyed = false, speaks = false, well = false;
    bool free = false; ///< it was told that the answer may be lost, or its session is gone
  };

  void on(const seen::opened& e);
  void on(const seen::resumed& e);
  void on(const seen::doubled& e);
  void on(const seen::subscribed& e);
  void on(const seen::published& e);
  void on(const seen::gap& e);
  void on(const seen::pushed& e);
  void on(const seen::asked& e);
  void on(const seen::unsure& e);
  void on(const seen::answered& e);
  void on(const seen::left& e);
  void finish();
  void judge_gap(const std::string& channel, bool is_last_word);

  /// What was said to it alone, `after` that publication, came now.
  void check_place(const std::string& channel, const standing& here, std::uint64_t after, const std::string& what);
  void complain(fault_kind kind, const std::string& channel, std::string what);

  const truth& said_;
  const record& record_;
  const promise promise_;
  verdict& verdict_;
  std::string session_;
  bool in_window_ = true; // it has not been away for longer than sessions are kept
  std::map<std::string, standing> channels_;
  std::map<std::uint64_t, errand> errands_;
};

} // namespace troupe::ledger
