#include "tests/protocol/sample_messages.hpp"

namespace troupe::protocol::test {

namespace {

const std::string channel(sample_channel);

payload json(const char* text) { return payload::json_text(text); }

publication broadcast(offset_t offset, std::string event, payload data, std::uint64_t from) {
  return {offset, 1700000000123, std::move(event), std::move(data), session_id{from}, {}};
}

} // namespace

std::map<std::string, sample> samples() {
  const auto bytes = payload::binary(std::string("\x00\xff\x10" "abc", 6));
  const auto id = [](std::int64_t number) { return request_id(number); };
  return {
      {"welcome", server_message(welcome{session_id{9}, "5f0c9a1e", "n1", 1700000000000, 25000, 60000})},
      {"subscribed", server_message(subscribed{id(1), channel, {"k3f", 17}, true, json("{}")})},
      {"subscribed_first", server_message(subscribed{{}, channel, {"k3f", 0}, {}, {}})},
      {"subscribed_lost", server_message(subscribed{"a", channel, {"k4", 3}, false, json(R"({"topic":"x"})")})},
      {"broadcast", broadcast(18, "message", json(R"({"text":"grüezi \"du\"\n"})"), 4)},
      {"broadcast_ephemeral", broadcast(0, "", {}, 0)},
      {"broadcast_bytes", broadcast(19, "", bytes, 0)},
      {"push", server_message(push{channel, "hint", json("{}"), 1700000000124})},
      {"reply", server_message(reply{id(2), json(R"({"epoch":"k3f","offset":18})")})},
      {"error", server_message(error{id(2), {error_code::not_joined, "subscribe to room:42 first"}, ""})},
      {"error_of_channel", server_message(error{{}, {error_code::busy, "try again"}, channel})},
      {"error_unavailable", server_message(error{
                                id(4),
                                {error_code::unavailable, "room:42 failed: try again later", std::chrono::seconds{4}},
                                channel})},
      {"gap", server_message(gap{channel, {"k3f", 120}, 20})},
      {"gap_unknown", server_message(gap{channel, {"k3f", 120}, {}})},
      {"unsubscribed", server_message(unsubscribed{id(3), channel, "left"})},
      {"presence", server_message(presence_change{channel,
                                                  {{session_id{4}, "ann", json(R"({"nick":"A"})")},
                                                   {session_id{5}, "", {}}},
                                                  {{session_id{6}, "bob", {}}},
                                                  {{session_id{2}, true}, {session_id{3}, false}},
                                                  {{"ann", true}, {"bob", false}},
                                                  4})},
      {"presence_members", server_message(presence_change{channel,
                                                          {{session_id{2}, "ann", {}, true},
                                                           {session_id{4}, "ann", json(R"({"nick":"A"})")}},
                                                          {},
                                                          {},
                                                          {},
                                                          2,
                                                          presence_change::kind::everybody})},
      {"presence_count",
       server_message(presence_change{channel, {}, {}, {}, {}, 100, presence_change::kind::number})},
      {"ask", server_message(ask{7, channel, "vote", json("{}"), 5000})},
      {"resumed", server_message(resumed{id(0), session_id{9}, "5f0c9a1e", true, 12})},
      {"closing", server_message(closing{"drain", 1840})},
      {"closing_for_good", server_message(closing{"replaced by another connection", 0, close_code::replaced})},
  };
}

} // namespace troupe::protocol::test
