#pragma once

#include "actors/containers/fifo.hpp"
#include "actors/messages/catalogue.hpp"
#include "actors/sessions/command_source.hpp"
#include "actors/sessions/outlet_queue.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace troupe::actors {

class shard;
class channel_entry;

/// One of those who speak through the queues of a desk. Owner: the desk. Thread: the shard's.
class desk_line {
 public:
  explicit desk_line(std::shared_ptr<outlet_queue> from) : from_(std::move(from)) {}
  virtual ~desk_line() = default;
  desk_line(const desk_line&) = delete;
  desk_line& operator=(const desk_line&) = delete;

  /// Gives channels what they take. True: more could be given at once.
  virtual bool serve(shard& to) = 0;
  /// The shard ends: what is under way has no answer.
  virtual void shard_ends() = 0;
  /// The node ends: nothing that waits will be said.
  virtual void end() = 0;
  /// Nobody can say anything more, and all that was said is dealt with: it goes.
  [[nodiscard]] virtual bool is_over() const = 0;
  /// It goes.
  virtual void let_go(shard& home) = 0;

 protected:
  /// Who hands over wakes the desk only for the first that waits: nothing may be left there by who goes to sleep.
  [[nodiscard]] bool has_more();

  const std::shared_ptr<outlet_queue> from_;
  std::vector<outlet_queue::item> incoming_; // taken from there
  std::size_t next_ = 0;                     // of these
};

/// One outlet as its I/O thread sees it: what waits for channels that take no more just now, and who waits for answers.
///
///     outlet_queue --taken--> incoming --its channel has room--> under way --answered--> (gone)
///                                 `--it has none--> waiting, behind what waits for that channel --room--^
///
/// Owner: the outlet_desk. Thread: the shard's. Bounded by the queue's limits, and by the links for what is under way.
class outlet_line final : public desk_line, public command_source {
 public:
  using desk_line::desk_line;

  // -- desk_line --------------------------------------------------------------

  bool serve(shard& to) override;
  void shard_ends() override;
  void end() override;
  [[nodiscard]] bool is_over() const override;
  void let_go(shard& home) override;

  // -- command_source ---------------------------------------------------------

  void answered(const protocol::request_id& id, const protocol::server_message& what) override;
  void completed(const std::string& channel, const protocol::request_id& id) override;
  void has_room(const std::string& channel) override;

 private:
  using item = outlet_queue::item;
  struct held_back {
    fifo<item> items;
    bool has_room = false; ///< in `with_room_`
  };

  void serve_held_back(shard& to);
  void give(shard& to, item what);
  [[nodiscard]] bool give_to_channel(shard& to, item& what);
  void end_session(shard& to, item& what);
  [[nodiscard]] protocol::request_id number_of(outlet::callback then);
  void tell(const outlet::callback& who, const outlet_answer& what);
  void fail(item& what, failure why);
  void refused(const std::string& channel, const failure& why);
  void taken(const item& what) noexcept { ++taken_items_, taken_bytes_ += what.bytes; }
  void release();

  std::map<std::string, held_back> waiting_; // by channel
  std::vector<std::string> with_room_;
  std::unordered_map<std::int64_t, outlet::callback> under_way_;
  std::size_t not_done_ = 0; // of what was given: it may be refused, also what nobody asks about
  std::int64_t last_number_ = 0;
  std::size_t taken_items_ = 0, taken_bytes_ = 0; // since the queue was told
  channel_entry* last_ = nullptr; // of the channel given to last, within a turn: most bursts go to one
  shard* home_ = nullptr;  // while it lives
  session_id id_;          // there
  std::optional<std::chrono::steady_clock::time_point> refusal_told_;
  std::uint64_t refusals_ = 0; // not told
};

} // namespace troupe::actors
