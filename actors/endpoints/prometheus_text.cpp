#include "actors/endpoints/prometheus_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace troupe::actors {

namespace {

/// The shortest text without an exponent that reads as the same number: people read it, too.
std::string number(double n) {
  if (!std::isfinite(n)) // of the application's
    return std::isnan(n) ? "NaN" : n > 0 ? "+Inf" : "-Inf";
  std::array<char, 400> text{}; // for any
  const auto end = std::to_chars(text.data(), text.data() + text.size(), n, std::chars_format::fixed).ptr;
  return {text.data(), end};
}

double seconds(std::chrono::nanoseconds t) { return std::chrono::duration<double>(t).count(); }

} // namespace

void prometheus_text::head(std::string_view name, std::string_view type, std::string_view help) {
  family_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name).append(" ").append(type) += '\n';
}

void prometheus_text::family(std::string_view name, kind is, std::string_view help) {
  head(name, is == kind::gauge ? "gauge" : "counter", help);
}

void prometheus_text::series(std::string_view labels, std::uint64_t value) {
  text_ += family_;
  if (!labels.empty())
    text_.append("{").append(labels).append("}");
  text_ += " " + std::to_string(value) + "\n";
}

void prometheus_text::series(std::string_view labels, double value) {
  text_ += family_;
  if (!labels.empty())
    text_.append("{").append(labels).append("}");
  text_ += " " + number(value) + "\n";
}

/// Each bucket holds those before it, too.
void prometheus_text::times(std::string_view name, std::string_view help, const histogram::reading& what) {
  head(name, "histogram", help);
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < what.counts.size(); ++i) {
    so_far += what.counts[i];
    const auto bound = i < histogram::bounds.size() ? number(seconds(histogram::bounds[i])) : std::string{"+Inf"};
    text_ += family_ + "_bucket{le=\"" + bound + "\"} " + std::to_string(so_far) + "\n";
  }
  text_ += family_ + "_sum " + number(seconds(what.sum)) + "\n";
  text_ += family_ + "_count " + std::to_string(so_far) + "\n";
}

void prometheus_text::buckets(const std::string& labels, const troupe::histogram::cells& what) {
  std::uint64_t so_far = 0;
  const auto before = labels.empty() ? std::string{} : labels + ",";
  const auto all = labels.empty() ? std::string{} : "{" + labels + "}";
  for (std::size_t i = 0; i < what.counts.size(); ++i) {
    so_far += what.counts[i].load(std::memory_order_relaxed);
    const auto bound = i < what.bounds.size() ? number(what.bounds[i]) : std::string{"+Inf"};
    text_ += family_ + "_bucket{" + before + "le=\"" + bound + "\"} " + std::to_string(so_far) + "\n";
  }
  text_ += family_ + "_sum" + all + " " + number(what.sum.load(std::memory_order_relaxed)) + "\n";
  text_ += family_ + "_count" + all + " " + std::to_string(so_far) + "\n";
}

std::string prometheus_text::label(std::string_view name, std::string_view value) {
  std::string out{name};
  out += "=\"";
  for (const char c : value) {
    if (c == '\\' || c == '"')
      out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out += '"';
}

} // namespace troupe::actors
