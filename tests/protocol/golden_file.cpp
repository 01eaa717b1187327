#include "tests/protocol/golden_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace troupe::protocol::test {

namespace {

/// The rest of `line` after `prefix` and a space; nothing if it begins otherwise.
bool take(std::string_view line, std::string_view prefix, std::string& rest) {
  if (!line.starts_with(prefix))
    return false;
  line.remove_prefix(prefix.size());
  if (line.starts_with(' '))
    line.remove_prefix(1);
  rest = line;
  return true;
}

golden_file read(const std::filesystem::path& path) {
  golden_file file;
  file.name = path.stem().string();
  std::ifstream in(path);
  std::string* section = nullptr;
  for (std::string line, rest; std::getline(in, line);) {
    if (take(line, "#", rest))
      file.note = rest;
    else if (take(line, "[", rest))
      section = &file.sections[rest.substr(0, rest.size() - 1)];
    else if (section && take(line, "text:", rest))
      *section += rest;
    else if (section && take(line, "line:", rest))
      *section += rest + '\n';
    else if (section && take(line, "hex:", rest))
      *section += from_hex(rest);
    else
      throw std::runtime_error(path.string() + ": cannot read line: " + line);
  }
  return file;
}

} // namespace

std::vector<golden_file> golden_files(std::string_view folder) {
  std::vector<golden_file> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(TROUPE_SOURCE_DIR) / "tests/protocol/golden" / folder))
    files.push_back(read(entry.path()));
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return files;
}

std::string from_hex(std::string_view digits) {
  std::string bytes;
  std::string pair;
  for (const char c : digits) {
    if (c == ' ')
      continue;
    pair += c;
    if (pair.size() == 2) {
      bytes += static_cast<char>(std::stoi(pair, nullptr, 16));
      pair.clear();
    }
  }
  return bytes;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += hex[byte >> 4];
    text += hex[byte & 15];
    text += ' ';
  }
  return text;
}

} // namespace troupe::protocol::test
