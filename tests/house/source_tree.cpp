#include "tests/house/source_tree.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>

namespace troupe::house {

namespace {

namespace fs = std::filesystem;

source_file read(const fs::path& path) {
  source_file file{path.lexically_relative(top()).generic_string(), {}};
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);)
    file.lines.push_back(line);
  return file;
}

bool is_of_others(const fs::path& folder) {
  const auto name = folder.filename();
  return name == "node_modules" || name == "build" || name == ".git";
}

} // namespace

fs::path top() { return TROUPE_SOURCE_DIR; }

std::vector<source_file> files(std::string_view folder, const std::vector<std::string_view>& suffixes) {
  std::vector<source_file> found;
  const auto begin = top() / folder;
  if (!fs::exists(begin))
    return found;
  for (auto at = fs::recursive_directory_iterator(begin); at != fs::recursive_directory_iterator(); ++at) {
    if (at->is_directory() && is_of_others(at->path()))
      at.disable_recursion_pending();
    const auto name = at->path().filename().string();
    const auto fits = [&](std::string_view suffix) { return name.ends_with(suffix); };
    if (at->is_regular_file() && std::any_of(suffixes.begin(), suffixes.end(), fits))
      found.push_back(read(at->path()));
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return found;
}

std::vector<source_file> sources(std::string_view folder) { return files(folder, {".hpp", ".cpp"}); }

bool stands_in_names(char sign) { return std::isalnum(static_cast<unsigned char>(sign)) != 0 || sign == '_'; }

bool has_word(std::string_view text, std::string_view word) {
  const auto is_letter = [&](std::size_t at) { return at < text.size() && stands_in_names(text[at]); };
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1))
    if ((at == 0 || !is_letter(at - 1)) && !is_letter(at + word.size()))
      return true;
  return false;
}

std::vector<inclusion> inclusions(const source_file& file) {
  std::vector<inclusion> found;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    std::string_view line = file.lines[i];
    if (!line.starts_with("#include "))
      continue;
    line.remove_prefix(line.find_first_of("<\"", 8));
    const auto end = line.find_first_of(">\"", 1);
    found.push_back({std::string(line.substr(1, end - 1)), line.front() == '"', i + 1});
  }
  return found;
}

} // namespace troupe::house
