#include "clients/cpp/face/read_answers.hpp"

#include "clients/cpp/core/codec.hpp"

namespace troupe::clients {

namespace {

using nlohmann::json;

template <class Take>
void for_each_object(const json& in, const char* list, Take take) {
  if (!in.is_object())
    return;
  if (const auto found = in.find(list); found != in.end() && found->is_array())
    for (const auto& each : *found)
      if (each.is_object())
        take(each);
}

} // namespace

std::vector<client_member> read_members(const json& in, const char* list) {
  std::vector<client_member> all;
  for_each_object(in, list, [&](const json& each) {
    const auto read = read_message(each);
    all.push_back({read.text("session"), read.text("user"), read.data});
  });
  return all;
}

position read_position(const json& from) {
  if (!from.is_object())
    return {};
  const auto read = read_message(from);
  return {read.text("epoch"), read.offset};
}

client_history read_history(const json& from) {
  client_history page;
  if (!from.is_object())
    return page;
  const auto read = read_message(from);
  page.at = {read.text("epoch"), read.offset};
  page.more = read.flag("more").value_or(false);
  page.recovered = read.flag("recovered");
  for_each_object(from, "publications",
                  [&](const json& each) { page.publications.push_back(read_message(each).as_client_message()); });
  return page;
}

} // namespace troupe::clients
