#include "disk_fixture.hpp"

namespace troupe::actors::testing {

void noted_events::announce(node_event what) {
  if (const auto* e = std::get_if<events::store_failed>(&what))
    lines.push_back("failed " + e->reason);
  else if (std::holds_alternative<events::store_recovered>(what))
    lines.push_back("recovered");
  else if (const auto* l = std::get_if<events::limit_passed>(&what))
    lines.push_back("limit " + l->limit);
}

publication said(const std::string& data, const std::string& event) {
  publication p;
  p.event = event;
  p.data = payload::json_text(data);
  return p;
}

std::string text_of(const tl::expected<history_page, failure>& page) {
  if (!page)
    return "no: " + page.error().message;
  std::string line;
  for (const auto& p : page->items)
    line += (line.empty() ? "" : ",") + std::to_string(p->offset) + " " + std::string{p->data.json()};
  return line + (page->more ? " more" : "") + (page->lost ? " lost" : "");
}

std::string text_of(const std::optional<call_answer>& answer) {
  if (!answer)
    return "none";
  const auto* data = std::get_if<payload>(&*answer);
  return data ? std::string{data->json()} : std::get<failure>(*answer).message;
}

disk_fixture::disk_fixture(disk_settings given, std::unique_ptr<disk_files> on)
    : how(std::move(given)),
      now(std::make_shared<std::chrono::system_clock::time_point>(std::chrono::milliseconds{1'700'000'000'000})),
      files(on ? std::move(on) : std::make_unique<disk_files>()), events(std::make_unique<noted_events>()) {
  how.dir = disk_dir;
  how.env = files->env();
  restart();
}

void disk_fixture::restart() {
  keep.reset();
  keep = std::make_unique<disk_store>(how, [now = now] { return *now; }, *events, 0, disk_store::runs::when_told);
}

disk_fixture disk_fixture::after_kill() const { return disk_fixture{how, files->after_kill()}; }
disk_fixture disk_fixture::after_power_loss() const { return disk_fixture{how, files->after_power_loss()}; }

// -- one after the other ------------------------------------------------------

void disk_fixture::settle() {
  while (keep->work()) {
  }
}

std::unique_ptr<partition> disk_fixture::open(const std::string& channel, retention bounds) {
  std::unique_ptr<partition> opened;
  keep->open(channel, bounds, {1, 1}, [](auto work) { work(); }, [&](auto got) {
    INFO((got ? "" : got.error().message));
    REQUIRE(got);
    opened = std::move(*got);
  });
  settle();
  REQUIRE(opened);
  return opened;
}

std::string disk_fixture::why_not_open(const std::string& channel) {
  std::string why;
  keep->open(channel, {}, {}, [](auto work) { work(); }, [&](auto got) { why = got ? "" : got.error().message; });
  settle();
  return why;
}

tl::expected<offset_t, failure> disk_fixture::append(partition& to, const std::string& data, append_key key) {
  std::optional<tl::expected<offset_t, failure>> answer;
  to.append(said(data), std::move(key), [&](tl::expected<kept, failure> got) {
    answer = got.map([](const kept& k) { return k.what->offset; });
  });
  settle();
  REQUIRE(answer);
  return *answer;
}

std::string disk_fixture::read(partition& from, offset_t since, std::size_t items, std::size_t bytes) {
  std::string text = "unanswered";
  from.read(since, items, bytes, [&](auto got) { text = text_of(got); });
  settle();
  return text;
}

std::string disk_fixture::read_back(partition& from, offset_t before, std::size_t items) {
  std::string text = "unanswered";
  from.read_back(before, items, 1 << 30, [&](auto got) { text = text_of(got); });
  settle();
  return text;
}

std::optional<failure> disk_fixture::save(partition& of, const std::string& state) {
  std::optional<failure> why{failure{error_code::internal, "unanswered"}};
  of.save_snapshot(payload::json_text(state), [&](auto kept) {
    why = kept ? std::nullopt : std::optional{kept.error()};
  });
  settle();
  return why;
}

std::optional<failure> disk_fixture::keep_answer(partition& of, append_key key, call_answer what) {
  std::optional<failure> why{failure{error_code::internal, "unanswered"}};
  of.keep_answer(std::move(key), std::move(what), [&](auto kept) {
    why = kept ? std::nullopt : std::optional{kept.error()};
  });
  settle();
  return why;
}

void disk_fixture::sweep() {
  keep->sweep();
  settle();
}

} // namespace troupe::actors::testing
