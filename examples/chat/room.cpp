#include "examples/chat/room.hpp"

#include "examples/chat/characters.hpp"

namespace examples {

using troupe::member;
using troupe::payload;

namespace {

constexpr std::size_t name_max = 24, text_max = 1000; // characters, as the page's fields have it
constexpr std::size_t client_bytes_max = 64;
constexpr std::size_t recent_max = 50;

/// What outlives a crash of the room.
struct room_snapshot {
  std::string topic;
  std::map<std::string, room_entry> people;
  TROUPE_FIELDS(topic, people)
};

} // namespace

// -- declaring ----------------------------------------------------------------

void room::setup() {
  on<saying>("say", [this](const member& who, const saying& what) { return say(who, what); });

  on<typing>("typing", [this](const member& who, const typing& t) {
    broadcast("typing", typing_person{to_string(who.id), name_of(who), t.on}, ephemeral(except(who)));
    return troupe::done();
  });

  on<topic>("topic", [this](const member&, const topic& t) {
    if (t.text.empty() || characters(t.text) > text_max)
      return troupe::refuse("a topic has 1 to 1000 characters");
    topic_ = t.text;
    broadcast("topic", t);
    return troupe::done().after_save(); // newcomers are told it, after a crash, too
  });
}

// -- coming and going ---------------------------------------------------------

troupe::join_result room::on_join(const member& who, const payload& params) {
  const auto entry = params.as<room_entry>("params");
  if (entry.name.empty() || characters(entry.name) > name_max)
    return troupe::refuse("a nickname has 1 to 24 characters");
  if (entry.client.size() > client_bytes_max)
    return troupe::refuse("client has at most 64 bytes");
  state(who) = entry;
  const auto answer = promise_answer();
  history<message>("message", recent_max, [this, who, answer](const auto& said) {
    if (!find_state(who.id))
      return; // it has gone while a disk was read
    let_in(who);
    answer.reply(view_for(who, said));
  });
  return troupe::later(answer);
}

void room::let_in(const member& who) {
  make_way_for(who, state(who));
  broadcast("joined", person{to_string(who.id), state(who).name}, except(who));
}

void room::on_leave(const member& who, troupe::leave_reason) {
  broadcast("left", person{to_string(who.id), name_of(who)});
}

/// A page that lost its network comes back before the node noticed: its old session goes.
void room::make_way_for(const member& who, const room_entry& entry) {
  each_state([&](const member& there, const room_entry& before) {
    if (there != who && !entry.client.empty() && before.client == entry.client)
      kick(there.id, "came back");
  });
}

// -- talking ------------------------------------------------------------------

troupe::call_result room::say(const member& who, const saying& what) {
  if (what.text.empty() || characters(what.text) > text_max)
    return troupe::refuse("a message has 1 to 1000 characters");
  broadcast("message", message{to_string(who.id), name_of(who), what.text, what.id, now()});
  return troupe::done();
}

// -- knowing ------------------------------------------------------------------

/// A snapshot for each that comes would be one of all the others, too: who came in the second before a crash is a guest.
std::string room::name_of(const member& who) {
  const auto& name = state(who).name;
  return name.empty() ? "guest " + to_string(who.id) : name;
}

/// The newcomer is among them, whom it takes the place of is not.
room_view room::view_for(const member& who, const std::vector<troupe::past<message>>& said) {
  room_view view{topic_, to_string(who.id), {}, {}};
  each_state([&](const member& there, const room_entry&) { view.members.push_back({to_string(there.id), name_of(there)}); });
  view.members.push_back({to_string(who.id), name_of(who)});
  for (const auto& one : said)
    view.recent.push_back(one.data);
  return view;
}

// -- outliving a crash --------------------------------------------------------

std::optional<payload> room::snapshot() {
  return payload::of(room_snapshot{topic_, states()});
}

/// Members stayed while the object was away: those who are still here get their names back.
void room::on_restore(const payload& snapshot) {
  auto before = snapshot.as<room_snapshot>();
  topic_ = before.topic;
  restore_states(std::move(before.people));
}

} // namespace examples
