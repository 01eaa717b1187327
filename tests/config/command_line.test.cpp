#include "config/command_line.hpp"
#include "config/reference.hpp"
#include "config/version.hpp"
#include "config/warnings.hpp"
#include "run.hpp"
#include "scratch.hpp"

#include <catch2/catch.hpp>

using namespace troupe::config;
using Catch::Contains;

namespace {

const std::string root = TROUPE_SOURCE_DIR;

std::string write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream{path} << text;
  return path.string();
}

} // namespace

TEST_CASE("flags win over the environment, the environment over the file") {
  scratch_directory here;
  const auto file = write(here / "t.toml", "[limits]\nchannels = 1\npolls_per_user = 1\nsse_channels = 1\n");
  const auto result =
      run({"--config", file, "--limits.channels", "3"}, {"TROUPE_LIMITS_CHANNELS=2", "TROUPE_LIMITS_POLLS_PER_USER=2"});
  const auto& config = result.line.config;
  CHECK(config.values.limits.channels == 3);
  CHECK(config.values.limits.polls_per_user == 2);
  CHECK(config.values.limits.sse_channels == 1);
  CHECK(config.origin_of("limits.channels").where == "--limits.channels");
  CHECK(config.origin_of("limits.polls_per_user").where == "TROUPE_LIMITS_POLLS_PER_USER");
  CHECK(config.origin_of("limits.sse_channels").where == file + ":4");
  CHECK(config.origin_of("limits.log_bytes").where == "default");
}

TEST_CASE("serve is what happens when no command is named") {
  CHECK(run({}).line.what == command::serve);
  CHECK(run({"serve"}).line.what == command::serve);
  CHECK_FALSE(run({}).status);
}

TEST_CASE("flags stand before or after the command") {
  CHECK(run({"serve", "--listen", "127.0.0.1:9000"}).line.config.values.listen.port == 9000);
  CHECK(run({"--listen", "127.0.0.1:9000", "serve"}).line.config.values.listen.port == 9000);
}

TEST_CASE("the flag --listen takes an address, a port or both") {
  const auto listen = [](const char* text) { return run({"--listen", text}).line.config.values.listen; };
  CHECK(listen("0.0.0.0:9000").address == "0.0.0.0");
  CHECK(listen("[::1]:0").address == "::1");
  CHECK(listen("[::1]:0").port == 0);
  CHECK(listen(":9000").address == "127.0.0.1");
  CHECK(listen("127.0.0.2").port == 8080);
  CHECK(listen("localhost:81").address == "127.0.0.1");
  for (const char* wrong : {"127.0.0.1:http", "127.0.0.1:70000", "127.0.0.1:", "[::1", "[]:80", "[::1]x:80"}) {
    INFO(wrong);
    CHECK(run({"--listen", wrong}).status == status_usage);
  }
  CHECK_THAT(run({"--listen", ":1", "--listen.port", "2"}).err, Contains("say it once"));
  CHECK(run({"--listen", "example.org:80"}).err ==
        "--listen.address: wants an IP address such as 127.0.0.1, 0.0.0.0 or ::1, got `example.org`\n");
}

TEST_CASE("the file comes from --config, else from TROUPE_CONFIG") {
  scratch_directory here;
  const auto a = write(here / "a.toml", "default_channel = \"a\"");
  const auto b = write(here / "b.toml", "default_channel = \"b\"");
  CHECK(run({}, {"TROUPE_CONFIG=" + a}).line.config.values.default_channel == "a");
  CHECK(run({"--config", b}, {"TROUPE_CONFIG=" + a}).line.config.values.default_channel == "b");
}

TEST_CASE("lists repeat or hold commas, and brackets stay") {
  CHECK(run({"--listen.hosts", "[::1]", "--listen.hosts", "a, b"}).line.config.values.listen.hosts ==
        std::vector<std::string>{"[::1]", "a", "b"});
}

TEST_CASE("a mistyped flag is refused with the flag that was meant") {
  const auto result = run({"--limits.mesage_bytes", "3"});
  CHECK(result.status == status_usage);
  CHECK(result.err == "troupe: no such flag: --limits.mesage_bytes; did you mean `--limits.message_bytes`?\n"
                      "Try `troupe --help`.\n");
  CHECK_THAT(run({"sevre"}).err, Contains("did you mean `serve`?"));
  CHECK_THAT(run({"config"}).err, Contains("`config` wants check, show or reference"));
  CHECK(run({"config"}).status == status_usage);
  CHECK(run({"config", "chek"}).status == status_usage);
  CHECK_THAT(run({"--drain.pace"}).err, Contains("--drain.pace: 1 required VALUE missing"));
}

TEST_CASE("a wrong value is wrong usage on the command line and wrong configuration elsewhere") {
  CHECK(run({"--limits.channels", "x"}).status == status_usage);
  CHECK(run({}, {"TROUPE_LIMITS_CHANNELS=x"}).status == status_bad_config);
}

TEST_CASE("tree and kill know which node, which channel and which key") {
  const auto tree = run({"tree", "--connect", "example.org:81", "--api-key", "sesame"}).line;
  CHECK(tree.what == command::tree);
  CHECK(tree.connect.host == "example.org");
  CHECK(tree.connect.port == 81);
  CHECK(tree.config.values.api.key == "sesame");
  const auto kill = run({"kill", "--connect", "[::1]:82", "open:demo"}, {"TROUPE_API_KEY=sesame"}).line;
  CHECK(kill.what == command::kill);
  CHECK(kill.connect.host == "::1");
  CHECK(kill.words == std::vector<std::string>{"open:demo"});
  CHECK(kill.config.values.api.key == "sesame");
  CHECK(run({"tree", "--listen", "0.0.0.0:83"}).line.connect.host == "127.0.0.1");
  CHECK(run({"tree", "--listen", "0.0.0.0:83"}).line.connect.port == 83);
  CHECK(run({"observer", "--connect", ":84"}).line.what == command::observer);
  CHECK(run({"observer", "--connect", ":84"}).line.connect.port == 84);
  CHECK(run({"kill"}).status == status_usage);
  CHECK(run({"tree", "--connect", "x:y"}).status == status_usage);
}

TEST_CASE("config check says ok, or everything that is wrong") {
  scratch_directory here;
  const auto good = write(here / "good.toml", "[log]\nlevel = \"warn\"\n");
  const auto bad = write(here / "bad.toml", "[log]\nlevel = 3\nlvel = 4\n");
  CHECK(run({"config", "check", good}).out == good + ": ok\n");
  const auto refused = run({"config", "check", bad});
  CHECK(refused.status == status_bad_config);
  CHECK(refused.err == bad + ":2: log.level: wants trace, debug, info, warn, error or off, got an integer\n" + bad +
                           ":3: log.lvel: no such key; did you mean `log.level`?\n");
  CHECK(run({"config", "check", "--config", bad}).status == status_bad_config);
}

TEST_CASE("config show says where each value came from, and reads back as TOML") {
  const auto shown = run({"config", "show", "--api-key", "sesame", "--config", root + "/examples/demo.toml"},
                         {"TROUPE_LOG_LEVEL=debug"});
  CHECK(shown.status == status_ok);
  CHECK_THAT(shown.out, Contains("level = \"debug\" ") && Contains("# TROUPE_LOG_LEVEL\n"));
  CHECK_THAT(shown.out, Contains("# " + root + "/examples/demo.toml:"));
  CHECK_THAT(shown.out, Contains("key = \"********\""));
  CHECK_FALSE(Contains("sesame").match(shown.out));
  const auto again = load_text(shown.out, "shown");
  CHECK(again.problems.empty());
  const auto demo = load_text(text_of_file(root + "/examples/demo.toml"), "demo.toml");
  REQUIRE(demo.values.namespaces.size() == again.values.namespaces.size());
  for (std::size_t i = 0; i < demo.values.namespaces.size(); ++i)
    CHECK(again.values.namespaces[i].pattern == demo.values.namespaces[i].pattern);
}

TEST_CASE("version, help and the reference need no configuration that is right") {
  const std::vector<std::string> broken = {"TROUPE_LIMITS_CHANNELS=none"};
  CHECK(run({"version"}, broken).out == "troupe " + std::string{version} + " (commit " + std::string{commit()} + ", " +
                                            std::string{build_type()} + ")\n");
  CHECK_FALSE(commit().empty());
  CHECK_FALSE(build_type().empty());
  CHECK(run({"--version"}, broken).status == status_ok);
  CHECK(run({"config", "reference"}, broken).status == status_ok);
  CHECK_THAT(run({"--help"}, broken).out, Contains("serve") && Contains("--listen HOST:PORT") && Contains("config"));
  CHECK(run({"serve", "--config", "none.toml", "--help"}, broken).out == run({"--help"}, broken).out);
  CHECK_THAT(run({"kill", "--help"}, broken).out, Contains("troupe kill") && Contains("NAME"));
  CHECK(run({"serve"}, broken).status == status_bad_config);
}

TEST_CASE("a program of somebody's own speaks of itself by its name") {
  const char* argv[] = {"/opt/bin/bingo", "--help"};
  const auto help = parse(2, argv).text;
  CHECK_THAT(help, Contains("Usage: bingo ") && Contains("built with Troupe"));
  CHECK_FALSE(Contains("Usage: troupe").match(help));
  const char* wrong[] = {"./bingo", "--lissten"};
  CHECK(parse(2, wrong).text == "bingo: no such flag: --lissten; did you mean `--listen`?\nTry `bingo --help`.\n");
  const char* deeper[] = {"bingo", "kill", "--help"};
  CHECK_THAT(parse(3, deeper).text, Contains("bingo kill") && Contains("bingo --help"));
  CHECK(parse(0, nullptr).program == "troupe");
  CHECK_THAT(run({"--help"}).out, Contains("Usage: troupe "));
}

TEST_CASE("config check and show say what is risky or passed over, and succeed") {
  const std::vector<std::string> environment{"TROUPE_HOME=/x", "TROUPE_LISTEN_ADDRESS=0.0.0.0"};
  for (const char* what : {"check", "show"}) {
    const auto said = run({"config", what}, environment);
    CHECK(said.status == status_ok);
    CHECK_THAT(said.err, Contains("warning: TROUPE_HOME: passed over") &&
                             Contains("warning: listen.address is 0.0.0.0: other machines can connect"));
  }
  CHECK(run({"config", "check"}).err.empty());
}

TEST_CASE("the version is the one of the build") {
  CHECK_THAT(text_of_file(root + "/CMakeLists.txt"), Contains("project(troupe VERSION " + std::string{version} + " "));
}

TEST_CASE("the shipped reference is the generated one, and is nothing but defaults") {
  const auto shipped = text_of_file(root + "/config/troupe.toml");
  CHECK(shipped == reference()); // if not: troupe config reference > config/troupe.toml
  const auto read = load_text(shipped, "troupe.toml");
  CHECK(read.problems.empty());
  loaded defaults;
  defaults.values = read.values;
  CHECK(show(defaults) == show({}));
}

TEST_CASE("the commented namespace of the reference is one that reads") {
  auto text = reference();
  text = text.substr(text.find("# [[namespace]]"));
  std::string toml;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("# [[") || line.find(" = ") != std::string::npos)
      toml += line.substr(2) + "\n";
  const auto read = load_text(toml, "example");
  CHECK(read.problems.empty());
  CHECK(read.values.namespaces.at(0).pattern == "room:*");
}

TEST_CASE("the demo opens what its pages need and says so") {
  const auto demo = load_text(text_of_file(root + "/examples/demo.toml"), "demo.toml");
  REQUIRE(demo.problems.empty());
  CHECK(demo.values.default_channel == "lobby");
  std::string said;
  for (const auto& line : open_to_anyone(demo.values))
    said += line + "\n";
  CHECK_THAT(said,
             Contains("lobby: anyone may subscribe, publish") && Contains("open:*: anyone may subscribe, publish"));
  CHECK_THAT(said, Contains("user:*: anyone may subscribe, send and poll for a userId\n"));
  CHECK(warnings(demo.values).empty());
}

TEST_CASE("doors that are wider than loopback are pointed out") {
  settings s;
  CHECK(warnings(s).empty());
  s.listen.address = "0.0.0.0";
  s.listen.origins = {"*"};
  s.api.key = "short";
  CHECK(warnings(s).size() == 4);
}

// -- commands that ask a node -------------------------------------------------

TEST_CASE("arguments and flags of a command are its own, wherever they stand") {
  const auto line = run({"--connect", ":9", "publish", "room:tea", "--key", "k", "greeting", "{\"a\":1}", "--json"}).line;
  CHECK(line.what == command::publish);
  CHECK(line.words == std::vector<std::string>{"room:tea", "greeting", "{\"a\":1}"});
  CHECK(line.has("json"));
  CHECK(line.option("key") == "k");
  CHECK_FALSE(line.has("ephemeral"));
  CHECK(line.connect.port == 9);
  CHECK(run({"top", "--interval", "7"}).line.number("interval", 2) == 7);
  CHECK(run({"top"}).line.number("interval", 2) == 2);
}

TEST_CASE("a word in brackets is one word") {
  using words = std::vector<std::string>;
  CHECK(run({"publish", "open:a", "[1.0,\n 2]"}).line.words == words{"open:a", "[1.0,\n 2]"});
  CHECK(run({"publish", "open:a", "[said]", "[1,2]"}).line.words == words{"open:a", "[said]", "[1,2]"});
  CHECK(run({"tail", "[a,b]"}).line.words == words{"[a,b]"});
  CHECK_THAT(run({"publish", "--help"}).out, Contains("troupe publish [OPTIONS] CHANNEL [EVENT] DATA\n"));
}

TEST_CASE("what a command does not understand is refused with what it wants") {
  CHECK_THAT(run({"publish", "room:tea"}).err, Contains("DATA is required"));
  CHECK_THAT(run({"publish", "a", "b", "c", "d"}).err, Contains("unexpected `d`"));
  CHECK_THAT(run({"tail"}).err, Contains("CHANNEL is required"));
  CHECK_THAT(run({"channels", "--sort", "beauty"}).err, Contains("-rate"));
  CHECK_THAT(run({"top", "--interval", "0"}).err, Contains("expected a number from 1"));
  CHECK_THAT(run({"history", "a", "--limt", "3"}).err, Contains("did you mean `--limit`?"));
  CHECK_THAT(run({"chanels"}).err, Contains("did you mean `channels`?"));
  CHECK_THAT(run({"completion", "fish"}).err, Contains("bash"));
  for (const char* command : {"publish", "tail", "history", "completion", "kill"})
    CHECK(run({command}).status == status_usage);
}

TEST_CASE("help, completion and the manual page know every command, flag and exit status of the one table") {
  const auto help = run({"--help"}).out;
  const auto page = run({"manual"}).out;
  const auto roff = [](std::string text) {
    for (auto at = text.find('-'); at != std::string::npos; at = text.find('-', at + 2))
      text.insert(at, "\\");
    return text;
  };
  for (const char* shell : {"bash", "zsh"}) {
    const auto script = run({"completion", shell}).out;
    for (const auto& c : commands()) {
      INFO(shell << " " << c.name);
      CHECK_THAT(script, Contains(std::string{c.name.substr(c.name.rfind(' ') + 1)}));
      CHECK_THAT(page, Contains("\\fB" + std::string{c.name} + "\\fR"));
      for (const auto& o : c.options) {
        CHECK_THAT(script, Contains("--" + std::string{o.name}));
        CHECK_THAT(page, Contains(roff("--" + std::string{o.name})));
      }
    }
    CHECK_THAT(script, Contains("--limits.channels"));
  }
  for (const auto& c : commands())
    CHECK_THAT(help, Contains(std::string{c.name.substr(0, c.name.find(' '))}));
  for (const auto& [status, meaning] : exit_statuses()) {
    CHECK_THAT(help, Contains(std::string{meaning}));
    CHECK_THAT(page, Contains(std::to_string(status)));
  }
}
