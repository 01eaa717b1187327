#include "config/command_words.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstdint>

namespace troupe::config {

namespace {

std::string word_name(const command_argument& a, std::size_t nth) {
  return std::string{a.name} + (nth == 0 ? "" : std::to_string(nth + 1));
}

std::vector<std::string> texts(const std::vector<std::string_view>& all) { return {all.begin(), all.end()}; }

/// What is wrong with it; empty: nothing.
std::string not_a_number(std::string& text) {
  std::uint32_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  return error == std::errc{} && end == text.data() + text.size() && n > 0 ? "" : "expected a number from 1, got `" + text + "`";
}

/// One option for each word: of one that takes several CLI11 would make two words of `[1,2]`.
void add(CLI::App& to, const command_argument& a, std::size_t nth) {
  auto* word = to.add_option(word_name(a, nth));
  word->type_name("")->expected(1)->required(nth < a.least)->allow_extra_args(false);
  if (nth == 0)
    word->description(std::string{a.doc});
  else
    word->group(""); // help names the first
  if (!a.choices.empty())
    word->check(CLI::IsMember(texts(a.choices)));
}

void add(CLI::App& to, const command_option& o) {
  const auto flag = "--" + std::string{o.name};
  if (o.value.empty()) {
    to.add_flag(flag)->description(std::string{o.doc});
    return;
  }
  auto* option = to.add_option(flag);
  option->description(std::string{o.doc})->type_name(std::string{o.value})->expected(1);
  option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  if (o.number)
    option->check(CLI::Validator{not_a_number, ""});
  if (!o.choices.empty())
    option->check(CLI::IsMember(texts(o.choices)));
}

} // namespace

void add_words(CLI::App& to, const command_entry& entry) {
  for (const auto& a : entry.arguments)
    for (std::size_t nth = 0; nth < a.most; ++nth)
      add(to, a, nth);
  for (const auto& o : entry.options)
    add(to, o);
}

void read_words(const CLI::App& from, const command_entry& entry, command_line& into) {
  for (const auto& a : entry.arguments)
    for (std::size_t nth = 0; nth < a.most; ++nth)
      for (const auto& word : from.get_option(word_name(a, nth))->results())
        into.words.push_back(word);
  for (const auto& o : entry.options)
    if (const auto* option = from.get_option("--" + std::string{o.name}); option->count() > 0)
      into.options.emplace(o.name, o.value.empty() ? std::string{} : option->results().back());
}

std::string with_shapes(std::string help, const command_entry& entry) {
  std::string all, shapes;
  for (const auto& a : entry.arguments) {
    all += ' ' + (a.least > 0 ? std::string{a.name} : '[' + std::string{a.name} + ']');
    for (std::size_t nth = 1; nth < a.most; ++nth)
      all += " []"; // CLI11's word for what is in no group
    shapes += ' ' + std::string{a.shape.empty() ? a.name : a.shape};
  }
  if (const auto at = help.find(all + '\n'); !all.empty() && at != std::string::npos)
    help.replace(at, all.size(), shapes);
  return help;
}

} // namespace troupe::config
