#pragma once

#include <troupe/route.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::actors {

/// Whether a path, or one that begins like it, is served by the node itself.
[[nodiscard]] bool is_own_path(std::string_view path) noexcept;

/// The routes of the application's own: which handler has a path and a method. Of several patterns that fit a path the one
/// that is literal where they first differ has it, for all methods.
///
/// A value; read by all shards once the node runs. Errors: `add` throws std::invalid_argument, which says why.
class route_table {
 public:
  struct place {
    std::string pattern;
    std::vector<std::string> segments; ///< `{name}` stands for any that is not empty
    std::map<std::string, http_handler, std::less<>> methods;

    /// As `Allow` has it.
    [[nodiscard]] std::string allowed() const;
    /// HEAD is served by GET. Null: not allowed.
    [[nodiscard]] const http_handler* handler_of(std::string_view method) const;
    [[nodiscard]] http_call::fields parameters_of(std::string_view path) const;
  };

  void add(const std::string& method, const std::string& pattern, http_handler handler);
  /// Null: nobody has it.
  [[nodiscard]] const place* find(std::string_view path) const;
  [[nodiscard]] bool empty() const noexcept { return places_.empty(); }

 private:
  std::vector<place> places_; // the more literal first
};

} // namespace troupe::actors
