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
struct seat {
  std::uint64_t session = 0;
  std::string name, client;
  TROUPE_FIELDS(session, name, client)
};

struct room_snapshot {
  std::string topic;
  std::vector<seat> seats;
  TROUPE_FIELDS(topic, seats)
};

} // namespace

// -- declaring ----------------------------------------------------------------

void room::setup() {
  // A snapshot for each that comes would be one of all the others, too: who came in the second before a crash is a guest.
  for (const auto& m : members())
    people_[m.id] = {name_of(m), {}};

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
  make_way_for(who, entry);
  people_[who.id] = entry;
  broadcast("joined", person{to_string(who.id), entry.name}, except(who));
  const auto answer = promise_answer();
  history<message>("message", recent_max, [this, who, answer](const auto& said) { answer.reply(view_for(who, said)); });
  return troupe::later(answer);
}

void room::on_leave(const member& who, troupe::leave_reason) {
  broadcast("left", person{to_string(who.id), name_of(who)});
  people_.erase(who.id);
}

/// A page that lost its network comes back before the node noticed: its old session goes.
void room::make_way_for(const member& who, const room_entry& entry) {
  std::vector<troupe::session_id> before;
  for (const auto& [id, there] : people_)
    if (id != who.id && !entry.client.empty() && there.client == entry.client)
      before.push_back(id);
  for (auto id : before)
    kick(id, "came back");
}

// -- talking ------------------------------------------------------------------

troupe::call_result room::say(const member& who, const saying& what) {
  if (what.text.empty() || characters(what.text) > text_max)
    return troupe::refuse("a message has 1 to 1000 characters");
  broadcast("message", message{to_string(who.id), name_of(who), what.text, what.id, now()});
  return troupe::done();
}

// -- knowing ------------------------------------------------------------------

std::string room::name_of(const member& who) const {
  auto at = people_.find(who.id);
  return at == people_.end() ? "guest " + to_string(who.id) : at->second.name;
}

room_view room::view_for(const member& who, const std::vector<troupe::past<message>>& said) const {
  room_view view{topic_, to_string(who.id), {}, {}};
  for (const auto& [id, entry] : people_)
    if (id == who.id || find_member(id)) // not whom it takes the place of
      view.members.push_back({to_string(id), entry.name});
  for (const auto& one : said)
    view.recent.push_back(one.data);
  return view;
}

// -- outliving a crash --------------------------------------------------------

std::optional<payload> room::snapshot() {
  room_snapshot s{topic_, {}};
  for (const auto& [id, entry] : people_)
    s.seats.push_back({id.value(), entry.name, entry.client});
  return payload::of(s);
}

/// Members stayed while the object was away: those who are still here get their names back.
void room::on_restore(const payload& snapshot) {
  const auto s = snapshot.as<room_snapshot>();
  topic_ = s.topic;
  for (const auto& seat : s.seats)
    if (const troupe::session_id id{seat.session}; people_.contains(id))
      people_[id] = {seat.name, seat.client};
}

} // namespace examples
