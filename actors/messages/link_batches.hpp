#pragma once
/// The part of the catalogue that travels over links: commands from a shard to a channel, effects back.
///
/// One batch per channel and turn one way, one ordered batch per link and turn the other. Sent as shared pointers
/// (`command_batch_ptr`, `effect_batch_ptr`); the sender never touches a batch again.

#include "actors/messages/catalogue.hpp"

namespace troupe::actors {

// -- commands: shard to channel, one batch per channel and turn ---------------

/// A client comes in. `since` and `kept_position` say where its stream starts.
struct join {
  member who;
  payload params;
  std::optional<position> since;
  bool kept_position = false; ///< start at the position kept with the channel (inboxes), else at history's beginning
  bool presence = false;
  bool again = false; ///< the shard repeats a join for a channel actor that was started anew
};

/// A member goes, is taken out by the API (`kicked`), or is gone. The first two are answered: by `left`, or to one that was out
/// already by `said`.
struct leave {
  leave_reason why = leave_reason::left;
};

/// The next page of a replay: publications after `since`.
struct read_on {
  offset_t since = 0;
};

/// Keeps `at` with the channel (inboxes): what was written to a reader without cursor.
struct keep_position {
  offset_t at = 0;
};

struct channel_command {
  session_id from;          ///< a client, or a shard's own number for a request of its API (then `trusted`)
  bool trusted = false;     ///< the node's API: no membership asked, `on_publish` skipped
  protocol::request_id id;  ///< of the client, comes back in the answer
  std::variant<join, leave, read_on, keep_position, protocol::publish, protocol::call, protocol::answer,
               protocol::history, protocol::presence>
      body;
};

struct command_batch {
  shard_handle from;
  std::uint32_t shard = 0;
  std::uint64_t slot = 0;  ///< the shard's name for this link; comes back in every effect batch
  std::uint32_t acked = 0; ///< effect batches taken since the last command batch
  std::vector<channel_command> commands;
};

// -- effects: channel to shard, one ordered batch per link and handled message -

/// Append to the log. Everybody but `except` reads it.
struct published {
  publication_ptr what;
};

/// A message to one client, after all publications before it in the stream.
struct said {
  session_id to;
  protocol::server_message what;
};

/// A join was accepted. The client starts at `what.at`: first these pages, then the log from here on.
struct page {
  std::vector<publication_ptr> items;
  bool last = true;                    ///< false: ask for more with `read_on`
  std::optional<protocol::gap> missed; ///< history was lost since the last page
};
struct joined {
  session_id who;
  protocol::subscribed what;
  page replay;
  bool presence = false;
  bool again = false;
  offset_t head = 0; ///< the channel's, at this place in the stream
};
struct read_page {
  session_id who;
  page replay;
};

/// A join was refused.
struct join_refused {
  session_id who;
  protocol::error what;
};

/// The last word to a member; nothing of the channel follows it.
struct left {
  session_id who;
  protocol::unsubscribed what;
  leave_reason why = leave_reason::left;
};

/// For those who asked for presence only.
struct presence_changed {
  protocol::presence_change what;
};

/// The channel goes on in another epoch (its store lost what it had): logs start anew, members get a gap.
struct epoch_changed {
  position at;
};

/// A link that had run out of credit skipped publications: its log goes on at `at`; readers catch up with `read_on`.
struct skipped {
  position at;
};

using effect = std::variant<published, said, joined, join_refused, read_page, left, presence_changed, epoch_changed, skipped>;

struct effect_batch {
  std::uint64_t slot = 0;
  std::string epoch;
  std::vector<effect> effects;
  std::vector<session_id> completed; ///< one entry per command that is done (answered or not): frees its place
  std::size_t bytes = 0;             ///< of what it carries, for credit
};

} // namespace troupe::actors
