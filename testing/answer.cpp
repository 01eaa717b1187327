#include "testing/answer_state.hpp"

#include "protocol/error_code.hpp"

#include <troupe/testing/answer.hpp>
#include <troupe/testing/unmet.hpp>

#include <ostream>
#include <utility>

namespace troupe {

std::ostream& operator<<(std::ostream& out, error_code code) { return out << protocol::to_string(code); }

} // namespace troupe

namespace troupe::testing {

answer::answer(std::shared_ptr<const answer_state> state) : state_(std::move(state)) {}

bool answer::ok() const noexcept { return std::holds_alternative<payload>(state_->result); }
bool answer::waiting() const noexcept { return std::holds_alternative<std::monostate>(state_->result); }
const failure* answer::why_not() const noexcept { return std::get_if<failure>(&state_->result); }

payload answer::data() const {
  if (!ok())
    throw unmet(state_->command + " has no reply: " + to_string(*this));
  return std::get<payload>(state_->result);
}

std::string to_string(const answer& what) {
  if (what.waiting())
    return "no answer yet";
  if (what.ok())
    return "reply " + std::string{what.data().json()};
  const auto& cause = what.state_->cause;
  return "error " + std::string{protocol::to_string(what.why_not()->code)} + ": " + what.why_not()->message +
         (cause.empty() ? "" : " (" + cause + ")");
}

std::ostream& operator<<(std::ostream& out, const answer& what) { return out << to_string(what); }

} // namespace troupe::testing
