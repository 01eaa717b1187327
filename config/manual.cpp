#include "config/manual.hpp"

#include "config/commands.hpp"
#include "config/version.hpp"

namespace troupe::config {

namespace {

/// As roff wants it: hyphens that are typed, no line that begins with its control characters.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n'))
      out += "\\&" + std::string{c};
    else
      out += c;
  }
  return out;
}

std::string item(const std::string& term, std::string_view doc) {
  return ".TP\n" + term + "\n" + escaped(doc) + ".\n";
}

std::string term_of(const command_option& o) {
  const auto flag = "\\fB\\-\\-" + escaped(o.name) + "\\fR";
  return o.value.empty() ? flag : flag + " \\fI" + escaped(o.value) + "\\fR";
}

std::string choices_of(const command_option& o) {
  std::string text{o.doc};
  if (o.choices.empty() || o.doc.find(o.choices.front()) != std::string_view::npos)
    return text;
  text += "; one of ";
  for (const auto& c : o.choices)
    text += (c == o.choices.front() ? "" : ", ") + std::string{c};
  return text;
}

std::string command_section(const command_entry& c) {
  std::string synopsis = "\\fB" + escaped(c.name) + "\\fR";
  for (const auto& a : c.arguments)
    synopsis += " \\fI" + escaped(a.shape.empty() ? a.name : a.shape) + "\\fR";
  auto text = ".SS " + synopsis + "\n" + escaped(c.doc) + ".\n";
  for (const auto& a : c.arguments)
    text += item("\\fI" + escaped(a.name) + "\\fR", a.doc);
  for (const auto& o : c.options)
    text += item(term_of(o), choices_of(o));
  return text;
}

} // namespace

std::string manual(std::string_view program) {
  const std::string name{program};
  auto text = ".TH " + name + " 1 \"\" \"" + name + " " + std::string{version} + "\" \"User Commands\"\n.SH NAME\n" + name +
              " \\- channels of actors for WebSocket, SSE and long\\-polling clients\n.SH SYNOPSIS\n.B " + name +
              "\n[\\fIOPTION\\fR]... [\\fICOMMAND\\fR [\\fIARGUMENT\\fR]...]\n.SH COMMANDS\n";
  for (const auto& c : commands())
    text += command_section(c);
  text += ".SH OPTIONS\n";
  for (const auto& o : global_options())
    text += item(term_of(o), choices_of(o));
  text += item("\\fB\\-\\-KEY\\fR \\fIVALUE\\fR", "Any key of the configuration, as `config reference` lists them; also as a "
                                                  "variable, such as TROUPE_LIMITS_MESSAGE_BYTES. Flags win over variables, "
                                                  "variables over the file");
  text += item("\\fB\\-\\-help\\fR", "Print what there is, of the program or of a command");
  text += item("\\fB\\-\\-version\\fR", "The same as the command");
  text += ".SH ENVIRONMENT\n";
  text += item("\\fBTROUPE_CONFIG\\fR", "The configuration file");
  text += item("\\fBTROUPE_API_KEY\\fR", "The key of the HTTP API");
  text += item("\\fBNO_COLOR\\fR", "If it is set and not empty, nothing is coloured; nor is what goes to no terminal");
  text += ".SH EXIT STATUS\n";
  for (const auto& [status, meaning] : exit_statuses())
    text += item(std::to_string(status), meaning);
  return text;
}

} // namespace troupe::config
