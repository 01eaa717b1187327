#pragma once
/// A chat room: who is here, who is typing, what is said. Its page is pages/chat/.
///
///   subscribe room:tea {name, client}   → {topic, you, members, recent}
///   call say {text, id}                 → everybody, the sender too, hears `message`
///   call typing {on}                    → everybody else hears `typing`, now or never
///   call topic {text}                   → everybody hears `topic`
///
/// The sender hears its own message: all pages show the same order, and `id` tells it which bubble is confirmed.

#include <troupe/channel_of.hpp>

#include <string>
#include <vector>

namespace examples {

/// What a client sends along with `subscribe`. `client` is a page's own secret: who comes back takes its old place.
struct room_entry {
  std::string name, client;
  TROUPE_FIELDS(name, client)
};

struct person {
  std::string id, name;
  TROUPE_FIELDS(id, name)
};

struct saying {
  std::string text, id;
  TROUPE_FIELDS(text, id)
};

struct message {
  std::string from, name, text, id;
  std::int64_t time = 0;
  TROUPE_FIELDS(from, name, text, id, time)
};

struct typing {
  bool on = false;
  TROUPE_FIELDS(on)
};

struct typing_person {
  std::string id, name;
  bool on = false;
  TROUPE_FIELDS(id, name, on)
};

struct topic {
  std::string text;
  TROUPE_FIELDS(text)
};

/// The answer to a join.
struct room_view {
  std::string topic, you;
  std::vector<person> members;
  std::vector<message> recent;
  TROUPE_FIELDS(topic, you, members, recent)
};

/// What it keeps about each member is what that came in with.
class room : public troupe::channel_of<room_entry> {
 public:
  void setup() override;
  troupe::join_result on_join(const troupe::member& who, const troupe::payload& params) override;
  void on_leave(const troupe::member& who, troupe::leave_reason why) override;
  std::optional<troupe::payload> snapshot() override;
  void on_restore(const troupe::payload& snapshot) override;

 private:
  troupe::call_result say(const troupe::member& who, const saying& what);
  void let_in(const troupe::member& who);
  [[nodiscard]] room_view view_for(const troupe::member& who, const std::vector<troupe::past<message>>& said);
  [[nodiscard]] std::string name_of(const troupe::member& who);
  void make_way_for(const troupe::member& who, const room_entry& entry);

  std::string topic_ = "Tea and threads";
};

} // namespace examples
