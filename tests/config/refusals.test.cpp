#include "config/cores.hpp"
#include "config/suggestion.hpp"
#include "run.hpp"
#include "scratch.hpp"

#include <catch2/catch.hpp>

using namespace troupe::config;
using Catch::Contains;

namespace {

struct refusal {
  const char* toml;
  const char* text; // all of it
};

std::string because(const char* key, const char* rest) { return std::string{"t.toml:2: "} + key + ": " + rest + "\n"; }

} // namespace

TEST_CASE("what is wrong in a file is named by file, line and key") {
  const refusal cases[] = {
      {"\n[limits]\nmesage_bytes = 1024",
       "t.toml:3: limits.mesage_bytes: no such key; did you mean `limits.message_bytes`?\n"},
      {"\nlimit = 3", "t.toml:2: limit: no such key or group; did you mean `limits`?\n"},
      {"[node]\nmessage_bytes = 1024",
       "t.toml:2: node.message_bytes: no such key; did you mean `limits.message_bytes`?\n"},
      {"limits = 3", "t.toml:1: limits: wants a table ([limits]), got an integer\n"},
      {"[limits]\nchannels = \"many\"", "t.toml:2: limits.channels: wants a whole number, got a string\n"},
      {"[limits]\nchannels = 0", "t.toml:2: limits.channels: 0 is out of range: 1 to 100000000\n"},
      {"[limits]\nchannels = -4", "t.toml:2: limits.channels: -4 is out of range: 1 to 100000000\n"},
      {"[limits]\nmessage_bytes = \"64KB\"", "t.toml:2: limits.message_bytes: wants a size such as \"64KiB\" "
                                             "(B, KiB, MiB, GiB; without unit: bytes), got `64KB`\n"},
      {"[limits]\nmessage_bytes = \"99999999999GiB\"",
       "t.toml:2: limits.message_bytes: 99999999999GiB is out of range: 1KiB to 64MiB\n"},
      {"[heartbeat]\ninterval = 25", "t.toml:2: heartbeat.interval: 25ms is out of range: 100ms to 1h\n"},
      {"[heartbeat]\ninterval = 1.5", "t.toml:2: heartbeat.interval: wants a duration such as \"10s\" "
                                      "(ms, s, m, h, d; without unit: ms), got a float\n"},
      {"[listen]\nshared = \"yes\"", "t.toml:2: listen.shared: wants true or false, got a string\n"},
      {"[listen]\nhosts = \"a\"", "t.toml:2: listen.hosts: wants a list of texts, got a string\n"},
      {"[listen]\nhosts = [3]", "t.toml:2: listen.hosts: wants a list of texts, got an integer in it\n"},
      {"[listen]\nhosts = [\"a:80\"]",
       "t.toml:2: listen.hosts: wants items that are a host name or address without a port, "
       "such as example.org, got `a:80`\n"},
      {"[listen]\naddress = \"localhost\"",
       "t.toml:2: listen.address: wants an IP address such as 127.0.0.1, 0.0.0.0 or ::1, got `localhost`\n"},
      {"[log]\nlevel = \"loud\"", "t.toml:2: log.level: wants trace, debug, info, warn, error or off, got `loud`\n"},
      {"[api]\nkey = \"two words\"", "t.toml:2: api.key: is not a usable key\n"},
      {"[[namespace]]\npatern = \"a\"\npattern = \"b\"",
       "t.toml:2: namespace.patern: no such key; did you mean `namespace.pattern`?\n"},
      {"[[namespace]]\nkind = \"open\"",
       "t.toml:1: namespace.pattern: every namespace needs one, such as \"room:*\"\n"},
      {"[[namespace]]\npattern = \"a*b\"",
       "t.toml:2: namespace.pattern: wants a channel name, or a prefix that ends in `*` "
       "(room:*), of at most 255 bytes, got `a*b`\n"},
      {"[[namespace]]\npattern = \"a\"\nsubscribe = \"members\"",
       "t.toml:3: namespace.subscribe: wants anyone or nobody, got `members`\n"},
      {"[namespace]\npattern = \"a\"", "t.toml:1: namespace: namespaces are written as [[namespace]]\n"},
  };
  for (const auto& c : cases) {
    INFO(c.toml);
    CHECK(refusals(c.toml) == c.text);
  }
}

TEST_CASE("a file that is no TOML is refused with its line") {
  CHECK_THAT(refusals("[limits]\nchannels = = 3"), Contains("t.toml:2: not TOML: "));
  CHECK_THAT(refusals("[limits]\nchannels = 3\nchannels = 4"), Contains("t.toml:3: not TOML: "));
}

TEST_CASE("all that is wrong in a file is said at once, from top to bottom") {
  CHECK(
      refusals("zebra = 1\n[limits]\nmessage_depth = 0\n[log]\nlevel = \"x\"\n[api]\nobserver = 1\n[[namespace]]\n") ==
      "t.toml:1: zebra: no such key or group\n"
      "t.toml:3: limits.message_depth: 0 is out of range: 1 to 512\n"
      "t.toml:5: log.level: wants trace, debug, info, warn, error or off, got `x`\n"
      "t.toml:7: api.observer: wants true or false, got an integer\n"
      "t.toml:8: namespace.pattern: every namespace needs one, such as \"room:*\"\n");
}

TEST_CASE("limits that depend on each other are refused together, with the reason") {
  const std::pair<const char*, std::string> cases[] = {
      {"[limits]\npage_bytes = \"32KiB\"",
       because("limits.page_bytes",
               "must be at least limits.message_bytes (64KiB), but is 32KiB: a page of history must "
               "hold one message of the largest size")},
      {"[limits]\nlog_bytes = \"64KiB\"",
       because("limits.log_bytes",
               "must be at least limits.page_bytes (128KiB), but is 64KiB: a log must hold one page, or "
               "clients that catch up page by page never reach it")},
      {"[limits]\nsession_control_bytes = \"64KiB\"",
       because("limits.session_control_bytes",
               "must be at least limits.page_bytes (128KiB), but is 64KiB: one answer to "
               "`history` must fit, or asking for it would close the connection")},
      {"[limits]\nmessage_bytes = \"128KiB\"",
       because("limits.request_body_bytes",
               "must be at least limits.message_bytes (128KiB), but is 64KiB: a message of the "
               "largest size must fit into the body of POST /send")},
      {"[limits]\ntransfer_bytes = \"64KiB\"\nrequest_body_bytes = \"1MiB\"\n[threads]\nshards = 1",
       because("limits.transfer_bytes", "must be at least limits.request_body_bytes (1MiB), but is 64KiB: one request of "
                                        "the largest size must be able to arrive")},
      {"[limits]\nnode_pinned_bytes = \"64KiB\"\noutbox_bytes = \"1MiB\"\n[threads]\nshards = 1",
       because("limits.node_pinned_bytes", "must be at least limits.outbox_bytes (1MiB), but is 64KiB: one slow client "
                                           "alone must not be over the limit")},
      {"[limits]\nnode_log_bytes = \"512KiB\"\n[threads]\nshards = 1",
       because("limits.node_log_bytes", "must be at least limits.log_bytes (1MiB), but is 512KiB: a shard must have room "
                                        "for one full log")},
      {"[limits]\nchannel_command_bytes = \"8KiB\"",
       because("limits.channel_command_bytes",
               "must be at least limits.message_bytes (64KiB), but is 8KiB: a message of the "
               "largest size must be able to wait for its channel")},
      {"[limits]\nlink_bytes = \"8KiB\"",
       because("limits.link_bytes",
               "must be at least limits.page_bytes (128KiB), but is 8KiB: one page must be able to "
               "travel from a channel to a shard")},
      {"[limits]\nchannel_commands = 4",
       because("limits.channel_commands",
               "must be at least limits.commands_per_connection (16), but is 4: one connection "
               "alone must not fill a channel's queue")},
      {"[limits]\nchannels_per_session = 4",
       because("limits.channels_per_session",
               "must be at least limits.sse_channels (16), but is 4: an event stream is one "
               "session, and all its channels count")},
      {"[heartbeat]\ntimeout = \"30s\"",
       because("heartbeat.interval",
               "must be at least heartbeat.timeout (30s), but is 25s: the verdict about a ping must "
               "come before the next ping leaves")},
      {"[session]\npoll_lease = \"20s\"",
       because("session.poll_lease",
               "must be at least session.poll_hold (30s), but is 20s: a poll session must not run out "
               "while its poll is held")},
      {"[limits]\nkeep_alive_timeout = \"5s\"",
       because("limits.keep_alive_timeout",
               "must be at least limits.request_timeout (10s), but is 5s: a connection must not "
               "be called idle while a request may still arrive on it")},
      {"[drain]\nretry_after = \"40s\"",
       because("drain.deadline",
               "must be at least drain.retry_after (40s), but is 30s: clients are told to return to a "
               "service that is back by then")},
      {"[limits]\nconnections = 1000000",
       because("drain.pace",
               "tells 150000 clients within drain.deadline (30s), but limits.connections allows 1000000")},
      {"[api]\nkey = \"abc\"\nkey_file = \"k\"",
       because("api.key", "contradicts api.key_file: say the key in one of them")},
  };
  for (const auto& [toml, text] : cases) {
    INFO(toml);
    CHECK(refusals(toml) == text);
  }
}

TEST_CASE("limits that shards have parts of are refused where a part is too small, with the number of shards") {
  const auto with = [](const char* limit, const char* shards) {
    return refusals("[limits]\n" + std::string{limit} + "\n[threads]\nshards = " + shards);
  };
  CHECK(with("node_log_bytes = \"4MiB\"", "4").empty());
  CHECK(with("node_log_bytes = \"4MiB\"", "5") ==
        because("limits.node_log_bytes", "must be at least limits.log_bytes (1MiB) for each of 5 shards, but is 4MiB: a "
                                         "shard must have room for one full log"));
  CHECK(with("node_pinned_bytes = \"128KiB\"", "2").empty());
  CHECK(with("node_pinned_bytes = \"128KiB\"", "3") ==
        because("limits.node_pinned_bytes", "must be at least limits.outbox_bytes (64KiB) for each of 3 shards, but is "
                                            "128KiB: one slow client alone must not be over the limit"));
  CHECK(with("transfer_bytes = \"1MiB\"", "16").empty());
  CHECK(with("transfer_bytes = \"1MiB\"", "17") ==
        because("limits.transfer_bytes", "must be at least limits.request_body_bytes (64KiB) for each of 17 shards, but "
                                         "is 1MiB: one request of the largest size must be able to arrive"));
}

TEST_CASE("the default limits are enough for as many shards as there may be") {
  CHECK(refusals("[threads]\nshards = 256").empty());
  settings s;
  s.threads.shards = 7;
  CHECK(shards_of(s) == 7);
  s.threads.shards = 0;
  CHECK(shards_of(s) >= 1);
  CHECK(shards_of(s) <= shards_max);
}

TEST_CASE("a namespace keeps no more than a log holds, and at least one message") {
  CHECK(refusals("[[namespace]]\npattern = \"a\"\nhistory_size = 2000") ==
        "t.toml:3: namespace.history_size: is 2000, more than limits.log_entries (1024): a log must hold what memory "
        "keeps "
        "of a channel, or a new subscriber could not be served from it\n");
  CHECK(refusals("[[namespace]]\npattern = \"a\"\nhistory_bytes = \"2MiB\"") ==
        "t.toml:3: namespace.history_bytes: is 2MiB, more than limits.log_bytes (1MiB): a log must hold what memory "
        "keeps of "
        "a channel, or a new subscriber could not be served from it\n");
  CHECK(refusals("[limits]\nnode_history_bytes = \"512KiB\"\n[[namespace]]\npattern = \"a\"") ==
        "t.toml:3: namespace.history_bytes: is 1MiB, more than limits.node_history_bytes (512KiB): the node must have "
        "room "
        "for at least one full history\n");
  CHECK(refusals("[[namespace]]\npattern = \"a\"\nhistory_bytes = \"4KiB\"") ==
        "t.toml:3: namespace.history_bytes: is 4KiB, less than limits.message_bytes (64KiB): a history must hold one "
        "message "
        "of the largest size, or nothing (history_size = 0)\n");
  CHECK(refusals("[[namespace]]\npattern = \"a\"\nhistory_size = 0\nhistory_bytes = 0").empty());
}

TEST_CASE("a pattern given twice is refused with both lines") {
  CHECK(refusals("[[namespace]]\npattern = \"a\"\n[[namespace]]\npattern = \"a\"") ==
        "t.toml:4: namespace.pattern: `a` was given before, at t.toml:2\n");
}

TEST_CASE("a contradiction is blamed on the place that won, not on a default") {
  const auto result = load({{}, {{"TROUPE_LIMITS_PAGE_BYTES", "2MiB"}}, {{"limits.log_bytes", "1MiB"}}});
  REQUIRE(result.problems.size() == 2); // the control queue, too
  CHECK(result.problems[0].at.where == "--limits.log_bytes");
  CHECK(result.problems[1].at.where == "TROUPE_LIMITS_PAGE_BYTES");
}

TEST_CASE("unknown TROUPE_ variables are passed over with a word, since others may have set them") {
  for (const char* name : {"TROUPE_HOME", "TROUPE_VERSION", "TROUPE_LIMIT_CHANNELS"}) {
    const auto read = load({{}, {{name, "3"}}, {}});
    CHECK(read.problems.empty());
    REQUIRE(read.remarks.size() == 1);
    CHECK_THAT(to_string(read.remarks[0]), Contains(std::string{name} + ": passed over: no such variable"));
  }
  CHECK(to_string(load({{}, {{"TROUPE_LIMIT_CHANNELS", "3"}}, {}}).remarks.at(0)) ==
        "TROUPE_LIMIT_CHANNELS: passed over: no such variable; did you mean `TROUPE_LIMITS_CHANNELS`?");
  const auto started = run({}, {"TROUPE_HOME=/opt/troupe", "TROUPE_VERSION=1", "TROUPE_CHAT_PORT=tcp://10.0.0.1:80"});
  CHECK(started.line.what == command::serve);
  CHECK(started.line.config.remarks.size() == 2);
}

TEST_CASE("variables that containers make for services called troupe, or troupe-something, are nobody's settings") {
  CHECK(to_string(load({{}, {{"TROUPE_LISTEN_PORT", "http"}}, {}}).problems.at(0)) ==
        "TROUPE_LISTEN_PORT: listen.port: wants a whole number, got `http`");
  const named_texts harmless = {
      {"TROUPE_PORT", "tcp://10.0.0.1:80"},
      {"TROUPE_PORT_80_TCP", "x"},
      {"TROUPE_SERVICE_HOST", "10.0.0.1"},
      {"TROUPE_CHAT_PORT", "tcp://10.0.0.1:80"},
      {"TROUPE_CHAT_PORT_80_TCP_ADDR", "10.0.0.1"},
      {"TROUPE_CHAT_SERVICE_PORT", "80"},
      {"TROUPE_CHAT_SERVICE_PORT_HTTP", "80"},
      {"TROUPE_LISTEN_PORT", "tcp://10.0.0.1:80"},
      {"TROUPE_CONFIG", "a.toml"},
      {"TROUPETTE", "x"},
      {"PATH", "/bin"}};
  const auto read = load({.environment = harmless});
  CHECK(read.problems.empty());
  CHECK(read.remarks.empty());
  CHECK(read.values.listen.port == settings{}.listen.port);
}

TEST_CASE("a refused secret is never repeated") {
  CHECK_FALSE(Contains("hush hush").match(refusals("[api]\nkey = \"hush hush\"")));
  CHECK_FALSE(Contains("hush hush").match(run({"--api-key", "hush hush"}).err));
}

TEST_CASE("a file that cannot be read is refused by its name") {
  scratch_directory here;
  const auto missing = (here / "none.toml").string();
  CHECK(run({"--config", missing}).err == missing + ": cannot be read: No such file or directory\n");
  CHECK(run({"--config", (here / "").string()}).status == status_bad_config);
  const auto large = (here / "large.toml").string();
  std::ofstream{large} << std::string(2_MiB, '\n');
  CHECK(run({"--config", large}).err == large + ": is larger than 1MiB\n");
}

TEST_CASE("a directory of pages or a key file that does not exist is refused before a node starts") {
  scratch_directory here;
  const auto missing = (here / "none").string(), file = (here / "file").string();
  std::ofstream{file} << "x";
  for (const char* command : {"serve", "check"}) {
    std::vector<std::string> start{command};
    if (start[0] == "check")
      start = {"config", "check"};
    const auto with = [&](const char* variable, const std::string& path) {
      return run(start, {variable + ("=" + path)});
    };
    CHECK(with("TROUPE_STATIC_DIR", missing).err == "TROUPE_STATIC_DIR: static.dir: " + missing + " does not exist\n");
    CHECK(with("TROUPE_STATIC_DIR", missing).status == status_bad_config);
    CHECK(with("TROUPE_STATIC_DIR", file).err == "TROUPE_STATIC_DIR: static.dir: " + file + " is no directory\n");
    CHECK_FALSE(with("TROUPE_STATIC_DIR", (here / "").string()).line.what == command::refused);
    CHECK(with("TROUPE_API_KEY_FILE", missing).err == "TROUPE_API_KEY_FILE: api.key_file: " + missing + " does not exist\n");
  }
  CHECK(run({"--static.dir", missing}).status == status_bad_config); // the usage is right
  CHECK(run({"config", "show"}, {"TROUPE_STATIC_DIR=" + missing}).status == status_ok); // it only looks
  CHECK(run({"tree"}, {"TROUPE_STATIC_DIR=" + missing}).line.what == command::tree);
}

TEST_CASE("suggestions come for typing errors, not for everything") {
  CHECK(nearest("log.levle", {"log.level", "log.format"}) == "log.level");
  CHECK(nearest("zebra", {"log.level", "log.format"}).empty());
  CHECK(nearest(std::string(100'000, 'a'), {"log.level"}).empty());
}
