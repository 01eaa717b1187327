#include "config/completion.hpp"

#include "config/commands.hpp"
#include "config/keys.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace troupe::config {

namespace {

std::string joined(const std::vector<std::string_view>& all) {
  std::string text;
  for (const auto& one : all)
    text += (text.empty() ? "" : " ") + std::string{one};
  return text;
}

/// `troupe` as part of a function's name.
std::string identifier(std::string_view program) {
  std::string name;
  for (const char c : program)
    name += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
  return name;
}

/// The words after `above`: commands, or what stands below one.
std::string words_below(std::string_view above) {
  std::vector<std::string_view> all;
  if (above.empty())
    for (const auto& g : command_groups())
      all.push_back(g.name);
  for (const auto& c : commands()) {
    const auto space = c.name.find(' ');
    if (above.empty() && space == std::string_view::npos)
      all.push_back(c.name);
    else if (!above.empty() && space != std::string_view::npos && c.name.substr(0, space) == above)
      all.push_back(c.name.substr(space + 1));
  }
  return joined(all);
}

std::string flags_of(std::span<const command_option> options) {
  std::string text;
  for (const auto& o : options)
    text += (text.empty() ? "--" : " --") + std::string{o.name};
  return text;
}

std::string key_flags() {
  std::string text;
  for (const auto& k : keys())
    text += (text.empty() ? "--" : " --") + std::string{k.name};
  return text;
}

/// The flags that want no value, as a pattern.
std::string switches() {
  std::vector<std::string> all{"--help", "--version"};
  for (const auto& c : commands())
    for (const auto& o : c.options)
      if (const auto flag = "--" + std::string{o.name}; o.value.empty() && std::find(all.begin(), all.end(), flag) == all.end())
        all.push_back(flag);
  std::string text;
  for (const auto& one : all)
    text += (text.empty() ? "" : "|") + one;
  return text;
}

/// What may follow a flag, of those that want one of a few words, or a file.
std::string cases_of_values(std::string_view files) {
  std::string text;
  const auto add = [&](const command_option& o, std::string_view of) {
    const auto label = "    " + std::string{of} + "--" + std::string{o.name} + ") ";
    if (!o.choices.empty())
      text += label + "choices=\"" + joined(o.choices) + "\" ;;\n";
    else if (!o.value.empty())
      text += label + (o.value == "FILE" ? std::string{files} + "; " : "") + "return ;;\n";
  };
  for (const auto& c : commands())
    for (const auto& o : c.options)
      add(o, std::string{c.name} + ":");
  for (const auto& o : global_options())
    add(o, "*:");
  return text;
}

/// What may follow a command.
std::string cases_of_commands() {
  std::string text;
  for (const auto& g : command_groups())
    text += "    " + std::string{g.name} + ") choices=\"" + words_below(g.name) + "\" ;;\n";
  for (const auto& c : commands()) {
    std::vector<std::string_view> choices;
    for (const auto& a : c.arguments)
      choices.insert(choices.end(), a.choices.begin(), a.choices.end());
    if (!choices.empty() || !c.options.empty())
      text += "    " + std::string{c.name} + ") choices=\"" + joined(choices) + "\"; own=\"" + flags_of(c.options) + "\" ;;\n";
  }
  return text;
}

/// The part that both shells have: from `line` (its words, from 0), `at`, `word` and `before` to `choices`.
std::string body(std::string_view line, std::string_view files) {
  const std::string all{line};
  return R"(  for ((i = 1; i < at; i++)); do
    case "${)" + all + R"([i]}" in
      -*) continue ;;
    esac
    case "${)" + all + R"([i-1]}" in
      )" + switches() + R"(|--*=*) ;;
      --*) continue ;;
    esac
    command="${)" + all + R"([i]}"; break
  done
  case "$command:$before" in
)" + cases_of_values(files) + R"(  esac
  if [[ -z "$choices" ]]; then
    case "$command" in
    "") choices=")" + words_below("") + R"(" ;;
)" + cases_of_commands() + R"(    esac
    case "$word" in
      --*.*) choices=")" + key_flags() + R"(" ;;
      -*) choices="$own )" + flags_of(global_options()) + R"( --help --version" ;;
    esac
    if [[ "$command:$before" == "config:check" && "$word" != -* ]]; then
      )" + std::string{files} + R"(; return
    fi
  fi
)";
}

std::string bash(std::string_view program) {
  const auto function = "_" + identifier(program);
  return "# Completion of " + std::string{program} + " for bash; made by `" + std::string{program} + " completion`.\n" + function + R"(() {
  local at=$COMP_CWORD word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" command="" choices="" own="" i
  COMPREPLY=()
)" + body("COMP_WORDS", "COMPREPLY=($(compgen -f -- \"$word\"))") +
         R"(  COMPREPLY=($(compgen -W "$choices" -- "$word"))
}
complete -F )" + function + " " + std::string{program} + "\n";
}

std::string zsh(std::string_view program) {
  const auto function = "_" + identifier(program);
  return "#compdef " + std::string{program} + "\n# Made by `" + std::string{program} + " completion`.\n" + function + R"(() {
  setopt localoptions ksharrays
  local at=$((CURRENT - 1)) word="${words[CURRENT-1]}" before="${words[CURRENT-2]}" command="" choices="" own="" i
)" + body("words", "_files") +
         R"(  compadd -- ${=choices}
}
if [[ "$funcstack[1]" == ")" + function + R"(" ]]; then )" + function + R"( "$@"; else compdef )" + function + " " +
         std::string{program} + "; fi\n";
}

} // namespace

std::string completion(std::string_view shell, std::string_view program) {
  return shell == "zsh" ? zsh(program) : bash(program);
}

} // namespace troupe::config
