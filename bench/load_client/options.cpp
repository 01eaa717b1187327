#include "load_client/options.hpp"

#include "load_client/stamp.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstdio>
#include <map>

namespace troupe::bench {

namespace {

/// Splits `HOST:PORT`; empty: fine, else what is wrong.
std::string read_address(const std::string& text, options& into) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos)
    return "--connect wants HOST:PORT";
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, into.port);
  into.host = text.substr(0, colon);
  return error == std::errc{} && stop == end && into.port > 0 && into.port < 65536 ? "" : "--connect wants a port";
}

} // namespace

const char* name_of(transport kind) noexcept {
  switch (kind) {
  case transport::websocket:
    return "ws";
  case transport::sse:
    return "sse";
  case transport::poll:
    return "poll";
  }
  return "";
}

std::variant<options, int> parse_options(int argc, char** argv) {
  options o;
  CLI::App app{"Subscribers that check order and loss, publishers that set the pace.", "troupe-load"};
  const std::map<std::string, transport> transports{
      {"ws", transport::websocket}, {"sse", transport::sse}, {"poll", transport::poll}};
  app.add_option("transport", o.kind, "ws, sse or poll")->required()->transform(CLI::CheckedTransformer(transports));
  app.add_option_function<std::string>(
         "--connect",
         [&](const std::string& text) {
           if (const auto wrong = read_address(text, o); !wrong.empty())
             throw CLI::ValidationError(wrong);
         },
         "The server (default 127.0.0.1:8080)")
      ->type_name("HOST:PORT");
  app.option_defaults()->always_capture_default();
  app.add_option("--channel", o.channel, "The channel all subscribe to");
  app.add_option("--subscribers", o.subscribers, "Connections that listen")->check(CLI::Range(1, 1'000'000));
  app.add_option("--publishers", o.publishers, "WebSockets that publish")->check(CLI::Range(1, 256));
  auto* rate = app.add_option("--rate", o.rate, "Publications per second, together")->check(CLI::NonNegativeNumber);
  app.add_option("--burst", o.burst, "Of the rate: as many publications at once")
      ->check(CLI::Range(1, 1024))
      ->needs(rate)
      ->capture_default_str();
  app.add_option("--in-flight", o.in_flight, "Publications kept on their way: published, not yet delivered to all")
      ->check(CLI::Range(0, 16384))
      ->excludes(rate);
  app.add_option("--channels", o.channels, "WebSocket: channels that subscribers and publishers are spread over")
      ->check(CLI::Range(1, 256));
  app.add_option("--drop-after", o.drop_after, "WebSocket: seconds of publishing until subscribers drop; 0: they do not");
  app.add_option("--return-within", o.return_within, "Seconds until each of those has come back, to resume its session");
  app.add_option("--stay", o.stay, "Subscribers that do not drop");
  app.add_option("--bytes", o.bytes, "Data of a publication")
      ->check(CLI::Range(min_stamped_bytes, std::size_t{60'000}));
  app.add_option("--seconds", o.seconds, "How long to publish, or to stay idle")->check(CLI::PositiveNumber);
  app.add_option("--idle", o.idle, "Seconds between the last connect and the first publication");
  app.add_option("--patience", o.patience, "Seconds that connecting may take");
  app.add_option("--opening", o.opening, "Connects under way at once")->check(CLI::Range(1, 4096));
  app.add_option("--sources", o.sources, "Loopback addresses to connect from; 0: as many as needed")
      ->check(CLI::Range(0, 250));
  app.add_option("--server-pid", o.server_pid, "Whose CPU time and memory to report");
  app.add_option("--json", o.json, "Also write the result here; -: standard output")->type_name("FILE");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  }
  if (const bool of_websockets = o.channels > 1 || o.drop_after > 0; of_websockets && o.kind != transport::websocket)
    return std::fputs("--channels and --drop-after are for ws\n", stderr), 64;
  if (o.publishers < o.channels || o.stay >= o.subscribers)
    return std::fputs("too few publishers for --channels, or subscribers for --stay\n", stderr), 64;
  return o;
}

} // namespace troupe::bench
