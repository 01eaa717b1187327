#include "testing/channel/far_end.hpp"

#include <stdexcept>
#include <utility>

namespace troupe::actors::testing {

namespace {

void expect(bool holds, const char* what) {
  if (!holds)
    throw std::logic_error(std::string{"the channel's end of a link "} + what);
}

} // namespace

void far_end::rename() {
  slot += 100;
  last_command = 0;
  told = taken = 0;
  under_way.clear();
}

command_batch far_end::batch_of(std::vector<channel_command> commands) {
  if (slot == 0)
    slot = number + 1;
  if (acknowledges)
    taken = told;
  command_batch batch;
  batch.from = {0, 0, number, slot};
  batch.first = last_command + 1;
  batch.effects_taken = taken;
  for (const auto& c : commands)
    under_way.emplace(++last_command, c.from);
  batch.commands = std::move(commands);
  return batch;
}

void far_end::take(effect_batch& batch) {
  if (batch.to.slot != slot)
    return;
  if (batch.broken) {
    expect(may_break, "broke off though nothing was lost");
    ++broken;
    return;
  }
  expect(batch.number == ++told, "left out a batch, or said one twice");
  expect(may_be_empty || !batch.effects.empty() || !batch.completed.empty(), "said nothing in a batch");
  batches.push_back(batch.effects.size());
  for (auto& e : batch.effects)
    effects.push_back(std::move(e));
  for (const auto done_number : batch.completed) {
    const auto done = under_way.find(done_number);
    expect(done != under_way.end(), "completed a command twice");
    completed.push_back(done->second);
    under_way.erase(done);
  }
}

} // namespace troupe::actors::testing
