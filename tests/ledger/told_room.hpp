#pragma once
/// The channel of the ledger: it says things to all and to one, and numbers all of it.

#include <troupe/channel.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace troupe::ledger {

/// A command of a client, by its number.
struct errand {
  std::string client{};
  std::uint64_t id = 0;
  TROUPE_FIELDS(client, id)
};

/// What is said to one member: the `number`th thing, after the publication with that offset.
struct whisper {
  std::uint64_t number = 0, after = 0;
  TROUPE_FIELDS(number, after)
};

/// What is said to all.
struct told {
  std::uint64_t n = 0;
  std::string client{};
  std::uint64_t id = 0;
  TROUPE_FIELDS(n, client, id)
};

/// The answer to a command: said after that publication, when so many things had been said to its sender alone.
struct receipt {
  std::uint64_t after = 0, pushed = 0;
  TROUPE_FIELDS(after, pushed)
};

/// `told:*`:
///   call tell {client, id}  pushes `whisper` to the caller, broadcasts `told`, pushes to another member, replies
///   call count {}           replies
/// Its publications are all its own, so that it knows their offsets: they begin at 1.
class told_room : public channel {
  void setup() override {
    on<errand>("tell", [this](const member& who, const errand& what) {
      whisper_to(who.id);
      broadcast("told", told{++said_, what.client, what.id});
      const auto all = members();
      whisper_to(all[said_ % all.size()].id);
      return reply(receipt{said_, pushed_[who.id]});
    });
    on<payload>("count", [this](const member& who, const payload&) {
      return reply(receipt{said_, pushed_[who.id]});
    });
  }

  void on_leave(const member& who, leave_reason) override { pushed_.erase(who.id); }

  void whisper_to(session_id whom) {
    if (push(whom, "whisper", whisper{pushed_[whom] + 1, said_}))
      ++pushed_[whom];
  }

  std::uint64_t said_ = 0;
  std::map<session_id, std::uint64_t> pushed_;
};

} // namespace troupe::ledger
