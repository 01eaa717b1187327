#pragma once
/// A channel that is called with keys.

#include "channel_fixture.hpp"

#include <string>
#include <vector>

namespace troupe::actors::testing {

/// Anyone may call: `act` is answered by how often the object has heard it, `wait` when the test says so.
struct keyed_fixture {
  explicit keyed_fixture(fixture_settings how = {}) : room(opened(std::move(how))) {
    room.does.calls["act"] = [this](probe&, const member&, const payload& data) -> call_result {
      return reply(payload::json_text("[" + std::to_string(++heard_calls) + "," + std::string{data.json()} + "]"));
    };
    room.does.calls["wait"] = [this](probe& p, const member&, const payload&) {
      ++heard_calls;
      owed.push_back(p.promise_answer());
      return later(owed.back());
    };
  }

  static fixture_settings opened(fixture_settings how) {
    how.rights.call = config::permission::anyone;
    how.rights.publish = config::permission::anyone;
    return how;
  }

  /// `who` calls `event`, and what is said.
  std::string ask(std::uint64_t who, const std::string& event, const std::string& key = "k", const std::string& user = "",
                  std::optional<std::int64_t> timeout = {}) {
    auto command = channel_fixture::command(who, protocol::call{"room:1", event, json("0"), timeout, key});
    command.user = user;
    room.send({std::move(command)});
    return room.said();
  }

  channel_fixture room;
  int heard_calls = 0;
  std::vector<promise> owed;
};

} // namespace troupe::actors::testing
