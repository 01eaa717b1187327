#pragma once

#include <troupe/code_place.hpp>

#include <chrono>
#include <concepts>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// What of a node's settings is wrong: `what()` lists all of it, a line each, as the command line would.
class settings_error : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// A node's settings from code: every key of the configuration file, by its name, and checked in the same way.
///
///     troupe::node_settings settings;
///     settings.set("listen.port", 0)
///             .set("limits.log_entries", 2048)
///             .set("limits.page_bytes", "64KiB")
///             .set("session.resume_window", std::chrono::minutes{2})
///             .set("listen.hosts", {"example.org", "www.example.org"});
///     settings.load("node.toml").environment();
///     troupe::node node{settings};
///
/// Precedence, whatever the order of the calls: defaults, `set`, files (the later one wins), the environment, `force`.
/// `[[namespace]]` tables come from files, or from options beside a class (`node::channel`).
/// A value; copies are independent. Thread: one at a time.
/// Errors: nothing here throws; whatever is wrong (an unknown key, a value out of range, a file that cannot be read,
/// values that contradict each other) is in `problems`, and the constructor of a node throws it as `settings_error`.
class node_settings {
 public:
  node_settings();
  node_settings(const node_settings& other);
  node_settings(node_settings&& other) noexcept;
  node_settings& operator=(node_settings other) noexcept;
  ~node_settings();

  // -- saying -----------------------------------------------------------------

  /// Texts are read as the environment's are ("64KiB", "10s", "a,b"); numbers count pieces, bytes or milliseconds.
  node_settings& set(std::string_view key, std::string_view text, code_place at = code_place::here());
  node_settings& set(std::string_view key, const char* text, code_place at = code_place::here()) {
    return set(key, std::string_view{text}, at);
  }
  node_settings& set(std::string_view key, std::same_as<bool> auto yes, code_place at = code_place::here()) {
    return set(key, yes ? "true" : "false", at);
  }
  template <std::integral N>
    requires(!std::same_as<N, bool>)
  node_settings& set(std::string_view key, N number, code_place at = code_place::here()) {
    return set(key, std::to_string(number), at);
  }
  /// To the millisecond.
  template <class R, class P>
  node_settings& set(std::string_view key, std::chrono::duration<R, P> time, code_place at = code_place::here()) {
    const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(time);
    return set(key, std::to_string(whole.count()) + "ms", at);
  }
  node_settings& set(std::string_view key, const std::vector<std::string>& items, code_place at = code_place::here());
  node_settings& set(std::string_view key, std::initializer_list<std::string_view> items,
                     code_place at = code_place::here()) {
    return set(key, std::vector<std::string>{items.begin(), items.end()}, at);
  }

  /// Whatever files and the environment say: for a test that reads the file of the real node, but must not take its port.
  node_settings& force(std::string_view key, std::string_view text, code_place at = code_place::here());

  // -- reading ----------------------------------------------------------------

  /// A TOML file, as `--config` reads it (docs/configuration.md).
  node_settings& load(std::string path);
  /// The same from memory; `name` is what problems call it.
  node_settings& load_text(std::string toml, std::string name);
  /// Variables `TROUPE_…` of the process, as they are when the settings are used.
  node_settings& environment();

  // -- knowing ----------------------------------------------------------------

  /// All that is wrong, a sentence each, with where it was said; empty: nothing. Reads the files.
  [[nodiscard]] std::vector<std::string> problems() const;

  // -- used by the library ----------------------------------------------------

  struct state;
  [[nodiscard]] const state& said() const noexcept { return *state_; }

 private:
  std::unique_ptr<state> state_;
};

} // namespace troupe
