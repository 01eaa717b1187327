// The place that catches what CLI11 throws; command_words.cpp knows it, too.

#include "config/command_line.hpp"

#include "config/command_words.hpp"
#include "config/keys.hpp"
#include "config/load.hpp"
#include "config/suggestion.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <unistd.h>

namespace troupe::config {

namespace {

constexpr auto about_keys = R"(Every key of `config reference` is a flag, too (--limits.message_bytes 32KiB), and a variable
(TROUPE_LIMITS_MESSAGE_BYTES=32KiB). Flags win over variables, variables over the file.

Exit status: )";

constexpr std::size_t line_length = 116;

/// The footer of help: what each status means, in lines of a terminal's length.
std::string footer() {
  std::string text = about_keys;
  auto begin = text.rfind('\n') + 1;
  for (const auto& [status, meaning] : exit_statuses()) {
    const auto one = std::to_string(status) + " " + std::string{meaning} + (status == exit_statuses().back().status ? "." : ",");
    if (text.size() - begin + one.size() > line_length) {
      text.back() = '\n';
      begin = text.size();
    }
    text += one + " ";
  }
  text.pop_back();
  return text;
}

/// A short spelling of a key.
struct short_flag {
  const char* name;
  const char* key;
};
constexpr short_flag short_flags[] = {{"api-key", "api.key"}, {"log-level", "log.level"}};

constexpr auto own_program = "troupe";
constexpr auto own_description = "Troupe: channels of actors for WebSocket, SSE and long-polling clients.";
constexpr auto others_description = "Channels of actors for WebSocket, SSE and long-polling clients, built with Troupe.";

/// What the program is called, whatever directory it lies in.
std::string program_name(int argc, const char* const* argv) {
  const std::string_view path = argc > 0 && argv[0] ? argv[0] : "";
  const auto name = path.substr(path.rfind('/') + 1);
  return std::string{name.empty() ? own_program : name};
}

class grammar {
 public:
  grammar(std::string program, const sources& code)
      : program_{std::move(program)}, code_{code},
        app_{program_ == own_program ? own_description : others_description, program_} {
    app_.footer(footer());
    app_.allow_extras();
    app_.require_subcommand(0, 1);
    add_flags();
    add_commands();
  }

  command_line read(int argc, const char* const* argv, const named_texts& environment) {
    auto line = understood(argc, argv, environment);
    line.program = program_;
    return line;
  }

 private:
  command_line understood(int argc, const char* const* argv, const named_texts& environment) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
      return {.what = command::help, .text = help()};
    } catch (const CLI::CallForAllHelp&) {
      return {.what = command::help, .text = help()};
    } catch (const CLI::ParseError& error) {
      const std::string why = error.what(); // CLI11 does not name hidden flags, which the keys are
      return refused(why.starts_with(':') ? argv[argc - 1] + why : why);
    }
    if (auto extra = unexpected())
      return refused(*extra);
    if (app_.got_subcommand("config") && app_.get_subcommand("config")->get_subcommands().empty())
      return refused("`config` wants check, show or reference");
    command_line line{.what = chosen()};
    if (const auto* one = named())
      read_words(*one->second, *one->first, line);
    if (line.what == command::version || line.what == command::config_reference || line.what == command::completion ||
        line.what == command::manual)
      return line;
    return with_settings(std::move(line), environment);
  }

  // -- what there is ----------------------------------------------------------

  void add_flags() {
    const auto one = [this](const std::string& name, const std::string& doc, const std::string& type) {
      return app_.add_option("--" + name, doc)
          ->type_name(type)
          ->expected(1)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    };
    for (const auto& o : global_options())
      one(std::string{o.name}, std::string{o.doc}, std::string{o.value});
    file_ = app_.get_option("--config");
    listen_ = app_.get_option("--listen");
    connect_ = app_.get_option("--connect");
    for (const auto& k : keys()) {
      auto* option = one(std::string{k.name}, "", "VALUE")->group("");
      if (k.allowed.kind == value_kind::list)
        option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
    app_.add_flag("--version", version_, "The same as `version`");
  }

  void add_commands() {
    for (const auto& group : command_groups()) {
      auto* above = app_.add_subcommand(std::string{group.name}, std::string{group.doc});
      above->fallthrough();
      above->require_subcommand(0, 1);
    }
    for (const auto& entry : commands())
      add(entry);
  }

  void add(const command_entry& entry) {
    const auto space = entry.name.find(' ');
    auto& above = space == std::string_view::npos ? app_ : *app_.get_subcommand(std::string{entry.name.substr(0, space)});
    auto* made = above.add_subcommand(std::string{entry.name.substr(space == std::string_view::npos ? 0 : space + 1)},
                                      std::string{entry.doc});
    made->fallthrough();
    add_words(*made, entry);
    made_.emplace_back(&entry, made);
  }

  // -- what was said ----------------------------------------------------------

  /// The entry that was named, and what CLI11 has read for it; null: none was.
  const std::pair<const command_entry*, CLI::App*>* named() const {
    for (const auto& one : made_)
      if (one.second->parsed())
        return &one;
    return nullptr;
  }

  command chosen() const {
    if (version_)
      return command::version;
    const auto* one = named();
    return one ? one->first->what : command::serve;
  }

  std::string help() const {
    const CLI::App* deepest = &app_;
    std::string above;
    for (auto under = deepest->get_subcommands(); !under.empty(); under = deepest->get_subcommands()) {
      above += (above.empty() ? "" : " ") + deepest->get_name();
      deepest = under.front();
    }
    if (deepest == &app_ || deepest->get_name() == "serve") // App::help would speak of the command only
      return app_.get_formatter()->make_help(&app_, app_.get_name(), CLI::AppFormatMode::Normal);
    auto text = deepest->help(above);
    if (const auto* one = named())
      text = with_shapes(std::move(text), *one->first);
    return text + "\nFlags of all commands: " + program_ + " --help\n";
  }

  std::optional<std::string> unexpected() const {
    const auto extras = app_.remaining(true);
    if (extras.empty())
      return std::nullopt;
    const auto& first = extras.front();
    if (!first.starts_with("--"))
      return "unexpected `" + first + "`" + did_you_mean(first, command_names());
    const auto name = first.substr(2, first.find('=') - 2);
    std::vector<std::string> names{"version", "help"};
    for (const auto& o : global_options())
      names.emplace_back(o.name);
    if (const auto* one = named())
      for (const auto& o : one->first->options)
        names.emplace_back(o.name);
    for (const auto& k : keys())
      names.emplace_back(k.name);
    const auto near = nearest(name, names);
    return "no such flag: --" + name + (near.empty() ? "" : "; did you mean `--" + near + "`?");
  }

  static std::vector<std::string> command_names() {
    std::vector<std::string> names;
    for (const auto& g : command_groups())
      names.emplace_back(g.name);
    for (const auto& c : commands())
      if (c.name.find(' ') == std::string_view::npos)
        names.emplace_back(c.name);
    return names;
  }

  command_line refused(const std::string& why) const {
    return {.what = command::refused,
            .text = program_ + ": " + why + "\nTry `" + program_ + " --help`.\n",
            .status = status_usage};
  }

  static std::string last_of(const CLI::Option* option) {
    return option->count() == 0 ? std::string{} : option->results().back();
  }

  // -- settings ---------------------------------------------------------------

  command_line with_settings(command_line line, const named_texts& environment) {
    sources from = code_;
    line.file = file_of(line.what, environment);
    if (!line.file.empty())
      from.files.push_back({line.file});
    else if (!from.files.empty())
      line.file = from.files.back().name;
    from.environment = environment;
    if (auto wrong = collect_flags(from.flags))
      return refused(*wrong);
    line.config = load(from);
    if (!line.config.problems.empty())
      return refused_config(std::move(line));
    if (line.what == command::serve || line.what == command::config_check)
      check_paths(line.config);
    if (!line.config.problems.empty()) { // said well, and missing all the same
      line = refused_config(std::move(line));
      line.status = status_bad_config;
      return line;
    }
    if (entry_of(line.what).asks_node)
      return with_target(std::move(line));
    return line;
  }

  std::string file_of(command what, const named_texts& environment) const {
    if (const auto* one = named(); one && what == command::config_check)
      if (const auto* file = one->second->get_option("FILE"); file->count() > 0)
        return last_of(file);
    if (file_->count() > 0)
      return last_of(file_);
    for (const auto& [name, text] : environment)
      if (name == "TROUPE_CONFIG")
        return text;
    return {};
  }

  /// What `--listen` stands for; false: it is no address.
  static bool split_address(named_texts& into, const std::string& text) {
    const auto where = read_endpoint(text, {"", 0});
    if (!where)
      return false;
    const bool port_said = read_endpoint(text, {"", 1})->port == where->port;
    if (!where->host.empty())
      into.emplace_back("listen.address", where->host == "localhost" ? "127.0.0.1" : where->host);
    if (port_said)
      into.emplace_back("listen.port", std::to_string(where->port));
    return true;
  }

  std::optional<std::string> collect_flags(named_texts& into) {
    if (listen_->count() > 0) {
      if (app_.count("--listen.address") + app_.count("--listen.port") > 0)
        return "--listen contradicts --listen.address and --listen.port: say it once";
      if (!split_address(into, last_of(listen_)))
        return "--listen wants HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080, got `" + last_of(listen_) + "`";
    }
    for (const auto& k : keys())
      if (const auto* option = app_.get_option("--" + std::string{k.name}); option->count() > 0)
        into.emplace_back(k.name, joined(option->results()));
    for (const auto& flag : short_flags)
      if (const auto* option = app_.get_option("--" + std::string{flag.name}); option->count() > 0)
        into.emplace_back(flag.key, last_of(option));
    return std::nullopt;
  }

  static std::string joined(const std::vector<std::string>& items) {
    std::string result;
    for (const auto& item : items)
      result += (result.empty() ? "" : ",") + item;
    return result;
  }

  command_line with_target(command_line line) const {
    const auto& own = line.config.values.listen;
    endpoint here{own.address, own.port == 0 ? std::uint16_t{8080} : own.port};
    if (here.host == "0.0.0.0")
      here.host = "127.0.0.1";
    if (here.host == "::")
      here.host = "::1";
    const auto where = connect_->count() > 0 ? read_endpoint(last_of(connect_), here) : here;
    if (!where || where->host.empty() || where->port == 0)
      return refused("--connect wants HOST:PORT, such as 127.0.0.1:8080, got `" + last_of(connect_) + "`");
    line.connect = *where;
    return line;
  }

  std::string program_;
  const sources& code_;
  CLI::App app_;
  CLI::Option *file_ = nullptr, *listen_ = nullptr, *connect_ = nullptr;
  std::vector<std::pair<const command_entry*, CLI::App*>> made_;
  bool version_ = false;
};

} // namespace

std::optional<endpoint> read_endpoint(std::string_view text, const endpoint& otherwise) {
  endpoint result = otherwise;
  const auto bracket = text.starts_with('[') ? text.find(']') : std::string_view::npos;
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (text.empty() || (text.starts_with('[') && bracket == std::string_view::npos))
    return std::nullopt;
  const auto host = text.substr(0, colon);
  if (bracket != std::string_view::npos) {
    if (host.size() != bracket + 1 || bracket < 2)
      return std::nullopt;
    result.host = host.substr(1, bracket - 1);
  } else if (!host.empty()) {
    result.host = host;
  }
  if (colon == std::string_view::npos)
    return result;
  const auto digits = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), result.port);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
    return std::nullopt;
  return result;
}

command_line refused_config(command_line line) {
  bool only_flags = true;
  for (const auto& p : line.config.problems) {
    line.text += to_string(p) + "\n";
    only_flags = only_flags && p.at.from == source::flag;
  }
  line.what = command::refused;
  line.status = only_flags ? status_usage : status_bad_config;
  return line;
}

command_line parse(int argc, const char* const* argv, const char* const* environment, const sources& code) {
  static constexpr const char* nothing_said[] = {own_program};
  if (argc < 1) // execve allows that
    return parse(1, nothing_said, environment, code);
  return grammar{program_name(argc, argv), code}.read(argc, argv, environment_of(environment ? environment : environ));
}

} // namespace troupe::config
