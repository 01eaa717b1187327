// How a session greets a connection: resume, or begin anew; show who we are; join; send what waits.

#include "clients/cpp/core/session.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace troupe::clients {

opening session::opening_for(bool probe) {
  opening what;
  if (identity_ && !probe)
    what.resume = resume();
  return what;
}

resumption session::resume() {
  resumption what{queue_.new_id(), identity_->token, identity_->received, ++identity_->attempts};
  for (const auto& [name, m] : memberships_)
    if (m->where())
      what.positions.emplace(name, *m->where());
  resuming_ = true;
  queue_.expect(what.id, [this, turn = turn_](const result& how) {
    if (turn == turn_)
      begin(how.has_value());
  });
  return what;
}

void session::greet(const node_message& welcome) {
  fresh_ = identity{welcome.text("session"), welcome.text("token")};
  if (!resuming_)
    begin(false);
}

/// At once when `resumed` comes, since what was missed follows.
void session::go_on(const node_message& resumed) {
  if (!identity_ || !resuming_)
    return;
  fresh_.reset();
  if (auto id = resumed.text("session"); !id.empty())
    identity_->id = std::move(id);
  if (auto token = resumed.text("token"); !token.empty())
    identity_->token = std::move(token);
  for (const auto& m : all())
    m->go_on();
  listener_.resumed(resumed.text("private") != "lost");
}

void session::begin(bool goes_on) {
  resuming_ = false;
  if (!goes_on)
    become(std::exchange(fresh_, std::nullopt));
  show_token(goes_on);
}

/// Another session, or none: what we were in with the one before is over.
void session::become(std::optional<identity> who) {
  identity_ = std::move(who);
  for (const auto& m : all())
    m->forget();
}

// -- who we are ---------------------------------------------------------------

void session::show_token(bool goes_on) {
  if (!settings_.has_token_source)
    return settings_.token.empty() ? greeted(goes_on, false) : authenticate(settings_.token, goes_on);
  listener_.token_needed([this, goes_on, turn = turn_](const tl::expected<std::string, std::string>& token) {
    if (turn == turn_)
      authenticate(token, goes_on);
  });
}

void session::authenticate(const tl::expected<std::string, std::string>& token, bool goes_on) {
  if (!token)
    return connector_.refused(token.error());
  command what{"authenticate"};
  what.more["token"] = *token;
  ask(std::move(what), [this, goes_on, turn = turn_](const result& how) {
    if (turn != turn_)
      return;
    if (!how)
      return token_refused(how.error());
    rejections_ = 0;
    greeted(goes_on, true);
  });
}

/// A token that is asked for anew each time may have been too old; refused twice, it is no good.
void session::token_refused(const client_error& why) {
  constexpr std::array<std::string_view, 3> words{"unauthorised", "expired", "refused"};
  const bool is_no = std::find(words.begin(), words.end(), why.code()) != words.end();
  if (is_no && (++rejections_ > 1 || !settings_.has_token_source))
    connector_.close(why.what());
  else
    connector_.refused(why.what());
}

void session::authenticate(const std::string& token, result_handler then) {
  command what{"authenticate"};
  what.more["token"] = token;
  const auto before = std::exchange(settings_.token, token);
  const bool had_source = std::exchange(settings_.has_token_source, false);
  request(std::move(what), {}, nullptr, [this, before, had_source, then = std::move(then)](const result& how) {
    if (how) {
      is_user_ = true;
    } else if (how.error().code() != "closed") {
      settings_.token = before;
      settings_.has_token_source = had_source;
    }
    then(how);
  });
}

// -- joining, and what waits --------------------------------------------------

void session::greeted(bool goes_on, bool is_user) {
  greeted_ = true;
  for (const auto& channel : std::exchange(leaving_, {}))
    if (goes_on)
      left(channel);
  for (const auto& m : all())
    if (!m->is_in())
      m->join();
  queue_.renewed(goes_on || (is_user && is_user_));
  is_user_ = is_user;
  connector_.greeted();
}

} // namespace troupe::clients
