#include "tests/actors/channels/channel_fixture.hpp"

using namespace troupe;
using namespace troupe::actors;
using namespace troupe::actors::testing;

namespace {

fixture_settings tight(std::size_t batches, std::size_t bytes = 4 * 1024 * 1024) {
  fixture_settings how;
  how.settings.limits.link_batches = batches;
  how.settings.limits.link_bytes = bytes;
  how.rights.publish = config::permission::members;
  return how;
}

void broadcast(channel_fixture& h, const std::string& data) {
  h.object().broadcast("e", json(std::string{data}));
  h.settle();
}

} // namespace

TEST_CASE("a link without credit falls back to its cursor and catches up in order", "[channel]") {
  channel_fixture h{tight(2)};
  h.start();
  h.join(1);          // the first batch
  broadcast(h, "1");  // the second
  h.at(0).acknowledges = false;
  broadcast(h, "2");
  h.object().push(session_id{1}, "hint", json("1"));
  broadcast(h, "3");
  broadcast(h, "4");
  h.publish(1, "5");
  CHECK(h.said() == "at 0; s1 in 0; +1 1");
  CHECK(h.completed(1) == 1);
  h.at(0).acknowledges = true;
  h.send({});
  CHECK(h.said() == "+2 2; s1 push hint 1; +3 3; +4 4; +5 5");
  CHECK(h.completed(1) == 2);
  broadcast(h, "6");
  CHECK(h.said() == "+6 6");
}

TEST_CASE("a slow link delays no other", "[channel]") {
  channel_fixture h{tight(2)};
  h.start();
  h.join(1, {}, 0);
  h.join(2, {}, 1);
  for (int i = 1; i <= 10; ++i) {
    broadcast(h, std::to_string(i));
    h.send({}, 1);
  }
  CHECK(h.said(0) == "at 0; s1 in 0; +1 1");
  CHECK(h.said(1).ends_with("+9 9; +10 10"));
}

TEST_CASE("what the store has lost is skipped, and said", "[channel]") {
  auto how = tight(2);
  how.rights.history_size = 3;
  channel_fixture h{how};
  h.start();
  h.join(1);
  broadcast(h, "1");
  for (int i = 2; i <= 9; ++i)
    broadcast(h, std::to_string(i));
  h.object().broadcast("e", json("0"), ephemeral());
  h.settle();
  h.said();
  h.send({});
  CHECK(h.said() == "at 6; +7 7; +8 8; +9 9");
}

TEST_CASE("bytes are credit, too", "[channel]") {
  channel_fixture h{tight(256, 4096)};
  h.start();
  h.join(1);
  broadcast(h, "\"" + std::string(5000, 'x') + "\"");
  h.said();
  broadcast(h, "2");
  CHECK(h.said().empty());
  h.send({});
  CHECK(h.said() == "+2 2");
}

TEST_CASE("whose private messages a link cannot hold is lost, told so, and heard once", "[channel]") {
  channel_fixture h{tight(1, 8192)};
  h.does.calls["act"] = [](probe&, const member&, const payload&) { return reply(json("1")); };
  h.start();
  h.join(1);
  h.join(2);
  h.said();
  for (int i = 0; i < 4; ++i) {
    h.object().push(session_id{1}, "hint", json("\"" + std::string(3000, 'x') + "\""));
    h.settle();
  }
  CHECK(h.heard() == "join s1; join s2; leave s1 lost");
  CHECK(h.announced() == "limit limits.link_bytes; left s1 lost");
  CHECK(h.object().member_count() == 1);
  h.at(0).acknowledges = false;
  h.call(1, "act");
  h.at(0).acknowledges = true;
  h.send({});
  h.send({});
  CHECK(h.said() == "s1 left overflow; s1 error 1 not_joined");
  CHECK(h.completed(1) == 2);
}

TEST_CASE("presence changes that wait become one", "[channel]") {
  channel_fixture h{tight(1)};
  h.start();
  actors::join how;
  how.presence = true;
  h.join(1, how);
  h.said();
  h.at(0).acknowledges = false;
  h.join(2, {}, 1);
  h.join(3, {}, 1);
  h.leave(2, leave_reason::left, 1);
  CHECK(h.said().empty());
  h.at(0).acknowledges = true;
  h.send({});
  CHECK(h.said() == "presence +s3");
}

TEST_CASE("a stopping channel says the last word regardless of credit", "[channel]") {
  channel_fixture h{tight(1)};
  h.start();
  h.join(1);
  for (int i = 1; i <= 3; ++i)
    broadcast(h, std::to_string(i));
  h.runtime->stop(leave_reason::drained, "drain");
  CHECK(h.said() == "at 0; s1 in 0; +1 1; +2 2; +3 3; s1 left drain");
  CHECK(h.runtime->over());
}

TEST_CASE("who left hears everything before its last word, also from a link behind that passes over the rest", "[channel]") {
  channel_fixture h{tight(1)};
  h.start();
  h.join(1);
  h.at(0).acknowledges = false;
  broadcast(h, "1");
  broadcast(h, "2");
  h.leave(1);
  broadcast(h, "3"); // nobody reads there any more
  h.join(2);
  broadcast(h, "4");
  CHECK(h.said() == "at 0; s1 in 0");
  h.at(0).acknowledges = true;
  h.send({});
  h.send({});
  CHECK(h.said() == "+1 1; +2 2; s1 left left; +3 3; s2 in 3; +4 4");
}

TEST_CASE("a link behind reads pages from a store that answers later", "[channel]") {
  auto how = tight(1);
  how.late = true;
  channel_fixture h{how};
  h.start();
  h.join(1);
  for (int i = 1; i <= 3; ++i)
    broadcast(h, std::to_string(i));
  h.keep->answer_all();
  h.said();
  h.send({});
  CHECK(h.said().empty());
  broadcast(h, "4");
  h.keep->answer_all(); // the page, and then the append
  h.send({});
  h.keep->answer_all();
  CHECK(h.said() == "+1 1; +2 2; +3 3; +4 4");
}

// -- numbers ------------------------------------------------------------------

namespace {

/// What one shard says, batch by batch, as it likes.
command_batch batch_of(const far_end& end, command_number first, std::vector<channel_command> commands) {
  command_batch b;
  b.from = {0, 0, end.number, end.slot};
  b.first = first;
  b.effects_taken = end.told;
  b.commands = std::move(commands);
  return b;
}

} // namespace

TEST_CASE("commands that come again are handled once", "[channel][link]") {
  channel_fixture h{tight(256)};
  h.start();
  h.join(1);
  h.publish(1, "1");
  h.said();
  auto again = batch_of(h.at(0), 2, {channel_fixture::command(1, channel_fixture::publication("1"), {})});
  h.runtime->handle(again);
  CHECK(h.said().empty());
  // Half of it is known.
  h.at(0).under_way = {{3, session_id{1}}};
  auto half = batch_of(h.at(0), 2, {channel_fixture::command(1, channel_fixture::publication("1"), {}), channel_fixture::command(1, channel_fixture::publication("2"), {})});
  h.runtime->handle(half);
  CHECK(h.said() == "+2 2");
}

TEST_CASE("a link that missed commands says so until it is named anew, and then its members come in again", "[channel][link]") {
  channel_fixture h{tight(256)};
  h.start();
  h.join(1);
  h.join(2, {}, 1);
  h.said(), h.said(1), h.heard();
  h.at(0).may_break = true;
  auto hole = batch_of(h.at(0), 5, {channel_fixture::command(1, channel_fixture::publication("1"), {})});
  h.runtime->handle(hole);
  CHECK(h.at(0).broken == 1);
  auto more = batch_of(h.at(0), 6, {});
  h.runtime->handle(more);
  CHECK(h.at(0).broken == 2);
  broadcast(h, "3");
  CHECK(h.said().empty());
  CHECK(h.said(1) == "+1 3"); // nobody else is concerned
  CHECK(h.heard().empty());
  const auto old_slot = h.at(0).slot;
  h.at(0).rename();
  h.join(1, h.since(0));
  CHECK(h.heard() == "join s1; leave s1 lost");
  CHECK(h.said() == "at 1; s1 in 0 recovered [1]");
  // What comes late of the link before is ignored.
  auto late = batch_of(h.at(0), 1, {channel_fixture::command(1, actors::leave{leave_reason::left})});
  late.from.slot = old_slot;
  h.runtime->handle(late);
  CHECK(h.said().empty());
  CHECK(h.object().member_count() == 2);
}

TEST_CASE("a channel that was started anew does not take a link for another in its midst", "[channel][link]") {
  channel_fixture h{tight(256)};
  h.start();
  h.at(0).slot = 1;
  h.at(0).may_break = true;
  auto middle = batch_of(h.at(0), 7, {channel_fixture::command(1, channel_fixture::publication("1"), {})});
  h.runtime->handle(middle);
  CHECK(h.at(0).broken == 1);
  CHECK(h.said().empty());
}

TEST_CASE("a link that is asked answers with a batch, also without credit", "[channel][link]") {
  channel_fixture h{tight(1)};
  h.start();
  h.join(1);
  h.at(0).acknowledges = false;
  broadcast(h, "1");
  const auto before = h.at(0).told;
  h.at(0).may_be_empty = true;
  auto probe = batch_of(h.at(0), 2, {});
  probe.effects_taken = 0;
  probe.probe = true;
  h.runtime->handle(probe);
  CHECK(h.at(0).told == before + 1);
}
