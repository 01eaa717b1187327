#pragma once

#include "protocol/json_text.hpp"
#include "protocol/messages.hpp"

namespace troupe::protocol {

/// Writes JSON objects member by member. Names are ours and need no escapes; `msgpack_writer` has the same verbs.
class json_writer {
 public:
  explicit json_writer(std::string& out) : out_(out) {}

  /// What `close` needs to know about the object it ends.
  struct mark {};

  // -- containers -------------------------------------------------------------

  mark open() { return out_ += '{', mark{}; }
  void close(mark) { out_ += '}'; }

  /// A member `name` that holds an object per item.
  template <class Items, class WriteItem>
  void objects(std::string_view name, const Items& items, WriteItem write) {
    key(name);
    out_ += '[';
    bool first = true;
    for (const auto& item : items) {
      if (!first)
        out_ += ',';
      first = false;
      const auto object = open();
      write(item);
      close(object);
    }
    out_ += ']';
  }

  /// A member `name` that holds texts.
  template <class Items>
  void texts(std::string_view name, const Items& items) {
    key(name);
    out_ += '[';
    for (const auto& item : items) {
      if (!out_.ends_with('['))
        out_ += ',';
      append_json_string(out_, item);
    }
    out_ += ']';
  }

  // -- members ----------------------------------------------------------------

  void text(std::string_view name, std::string_view value) { key(name), append_json_string(out_, value); }
  void integer(std::string_view name, std::int64_t value) { key(name), append_json_integer(out_, value); }
  void count(std::string_view name, std::uint64_t value) { key(name), append_json_unsigned(out_, value); }
  void flag(std::string_view name, bool value) { key(name), out_ += value ? "true" : "false"; }
  void null(std::string_view name) { key(name), out_ += "null"; }

  /// A payload; of bytes, base64 and the `encoding` that says so.
  void data(std::string_view name, const payload& value) {
    key(name);
    value.append_json(out_);
    if (value.encoding() == encoding::bytes)
      out_ += R"(,"encoding":"base64")";
  }

 private:
  void key(std::string_view name) {
    if (out_.back() != '{')
      out_ += ',';
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }

  std::string& out_;
};

} // namespace troupe::protocol
