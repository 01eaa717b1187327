// Rooms depend one way: config <- protocol <- transports <- actors <- server and testing, those within actors/ too, and each library
// has its room.

#include "tests/house/source_tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace troupe::house {

namespace {

/// Whom a room may include, besides itself.
const std::map<std::string, std::set<std::string_view>> may_include{
    {"include", {"troupe"}},
    {"config", {}},
    {"protocol", {"troupe", "config"}},
    {"transports", {"troupe", "config", "protocol"}},
    {"clients", {"troupe", "protocol"}},
    {"actors", {"troupe", "config", "protocol", "transports"}},
    {"testing", {"troupe", "config", "protocol", "transports", "actors"}},
    {"examples", {"troupe"}},
    {"server", {"troupe", "config", "protocol", "transports", "actors", "examples"}},
};

/// Whom a room within actors/ may include, besides itself: channels and sessions know each other by messages and links
/// only, sessions know nothing of mounts, and nobody knows the node.
const std::map<std::string, std::set<std::string_view>> may_include_of_actors{
    {"containers", {}},
    {"supervision", {"containers"}},
    {"hosting", {"containers", "supervision"}},
    {"messages", {"containers", "supervision", "hosting"}},
    {"telemetry", {"containers", "supervision", "hosting", "messages"}},
    {"stores", {"containers", "messages"}},
    {"link", {"containers", "hosting", "messages", "stores"}},
    {"channels", {"containers", "supervision", "hosting", "messages", "stores", "link"}},
    {"sessions", {"containers", "supervision", "hosting", "messages", "telemetry", "link"}},
    {"mounts", {"containers", "supervision", "hosting", "messages"}},
    {"endpoints", {"containers", "hosting", "messages", "telemetry", "stores", "sessions"}},
    {"node",
     {"containers", "supervision", "hosting", "messages", "telemetry", "stores", "link", "channels", "sessions", "mounts",
      "endpoints"}},
};

/// Where a library may be seen: folders, or single files.
const std::map<std::string_view, std::vector<std::string_view>> seen_in{
    {"caf",
     {"actors/precompiled.hpp", "actors/supervision/", "actors/hosting/", "actors/messages/", "actors/telemetry/",
      "actors/channels/", "actors/sessions/", "actors/mounts/", "actors/node/", "examples/auction/house.hpp",
      "include/troupe/actor_client.hpp", "include/troupe/request.hpp", "include/troupe/supervisor.hpp", "testing/"}},
    {"catch2", {"examples/auction/auction.test.cpp"}},
    {"boost", {"transports/", "clients/cpp/network/", "clients/cpp/face/client_state"}},
    {"openssl", {"transports/", "actors/", "config/"}},
    {"simdjson.h", {"protocol/"}},
    {"msgpack", {"protocol/"}},
    {"toml++", {"config/"}},
    {"CLI", {"config/"}},
    {"spdlog", {"actors/", "server/"}},
    {"rocksdb", {"actors/stores/disk/"}},
    {"systemd", {"actors/node/"}},
    {"tl", {"config/", "protocol/", "transports/", "actors/", "clients/", "testing/"}},
    {"nlohmann", {"include/", "protocol/", "actors/", "clients/", "testing/"}},
};

std::string place(const source_file& file, const inclusion& i) {
  return file.path + ':' + std::to_string(i.line) + " includes " + i.name;
}

/// `actors/sessions/shard.hpp` lies in `sessions`; nothing in what lies beside the rooms.
std::string_view room_of_actors(std::string_view path) {
  const auto rest = path.substr(std::string_view("actors/").size());
  const auto end = rest.find('/');
  return end == std::string_view::npos ? std::string_view{} : rest.substr(0, end);
}

/// A file beside its includer, in an example that is a project of its own.
bool is_of_own_project(const source_file& file, const inclusion& i) {
  const auto folder = (top() / file.path).parent_path();
  return file.path.starts_with("examples/") && i.quoted && i.head() == i.name &&
         std::filesystem::exists(folder / "CMakeLists.txt") && std::filesystem::exists(folder / i.name);
}

bool is_room(std::string_view head) { return head == "troupe" || may_include.count(std::string(head)) > 0; }

} // namespace

TEST_CASE("a room includes only the rooms below it") {
  for (const auto& [room, below] : may_include) {
    const auto files = sources(room);
    if (room != "server")
      CHECK_FALSE(files.empty());
    for (const auto& file : files)
      for (const auto& i : inclusions(file)) {
        INFO(place(file, i));
        if ((i.quoted || is_room(i.head())) && !is_of_own_project(file, i))
          CHECK((i.head() == room || below.count(i.head()) > 0));
      }
  }
}

TEST_CASE("a room within actors/ includes only the rooms below it") {
  std::set<std::string_view> seen;
  for (const auto& file : sources("actors")) {
    if (file.path == "actors/precompiled.hpp")
      continue;
    INFO(file.path);
    const auto room = may_include_of_actors.find(std::string(room_of_actors(file.path)));
    REQUIRE(room != may_include_of_actors.end());
    seen.insert(room->first);
    for (const auto& i : inclusions(file)) {
      if (i.head() != "actors")
        continue;
      INFO(place(file, i));
      const auto other = room_of_actors(i.name);
      CHECK((other == room->first || room->second.count(other) > 0));
    }
  }
  CHECK(seen.size() == may_include_of_actors.size());
}

TEST_CASE("the rooms within actors/ depend one way") {
  for (const auto& [room, below] : may_include_of_actors)
    for (const auto other : below) {
      INFO(room << " and " << other);
      CHECK(may_include_of_actors.at(std::string(other)).count(room) == 0);
    }
}

TEST_CASE("a library is seen in its room only") {
  for (const auto& [room, below] : may_include)
    for (const auto& file : sources(room))
      for (const auto& i : inclusions(file)) {
        const auto rule = seen_in.find(i.head());
        if (i.quoted || rule == seen_in.end())
          continue;
        INFO(place(file, i));
        const auto& places = rule->second;
        CHECK(std::any_of(places.begin(), places.end(), [&](auto where) { return file.path.starts_with(where); }));
      }
}

TEST_CASE("every library that a room includes has a place") {
  for (const auto& [room, below] : may_include)
    for (const auto& file : sources(room))
      for (const auto& i : inclusions(file)) {
        static const std::set<std::string_view> system{"sys", "netinet", "arpa", "linux"};
        const bool of_a_library = i.name.find('/') != std::string::npos && !i.quoted && !is_room(i.head());
        INFO(place(file, i));
        if (of_a_library)
          CHECK(seen_in.count(i.head()) + system.count(i.head()) > 0);
      }
}

TEST_CASE("actors take the time from whoever made them: tests step it") {
  static const std::vector<std::string_view> of_the_machine{"actors/node/", "actors/hosting/shard_host.cpp",
                                                            "actors/channels/channel_actor.cpp"};
  for (const auto& file : sources("actors")) {
    const auto begins = [&](auto path) { return file.path.starts_with(path); };
    if (std::any_of(of_the_machine.begin(), of_the_machine.end(), begins))
      continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      INFO(file.path << ':' << i + 1);
      CHECK(file.lines[i].find("_clock::now") == std::string::npos);
    }
  }
}

TEST_CASE("the C++ client is a pure state machine below its sockets, and takes the time from whoever made it") {
  for (const auto& file : sources("clients")) {
    const bool is_core = file.path.starts_with("clients/cpp/core/");
    const bool is_pure = is_core || file.path.starts_with("clients/cpp/transports/");
    for (const auto& i : inclusions(file)) {
      INFO(place(file, i));
      if (is_pure)
        CHECK_FALSE((i.name.starts_with("clients/cpp/network/") || i.name.starts_with("clients/cpp/face/")));
      if (is_core && i.name.starts_with("clients/cpp/transports/"))
        CHECK(i.name == "clients/cpp/transports/transport.hpp");
      CHECK((!is_pure || (i.name != "thread" && i.name != "mutex" && i.name != "ctime")));
    }
    for (std::size_t i = 0; is_pure && i < file.lines.size(); ++i) {
      INFO(file.path << ':' << i + 1);
      CHECK(file.lines[i].find("_clock::now") == std::string::npos);
    }
  }
}

TEST_CASE("public headers and examples include as installed programs do") {
  for (const std::string_view folder : {"include", "examples"})
    for (const auto& file : sources(folder))
      for (const auto& i : inclusions(file)) {
        INFO(place(file, i));
        if (i.head() == "troupe")
          CHECK_FALSE(i.quoted);
        if (i.quoted && !is_of_own_project(file, i))
          CHECK(i.head() == folder);
      }
}

} // namespace troupe::house
