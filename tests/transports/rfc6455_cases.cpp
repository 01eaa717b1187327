#include "tests/transports/rfc6455_cases.hpp"

#include "tests/transports/websocket_client.hpp"

namespace troupe::transports::test {

namespace {

using cases = std::vector<conformance_case>;

// First bytes of frames.
constexpr unsigned text_begins = 0x01;
constexpr unsigned binary_begins = 0x02;
constexpr unsigned goes_on = 0x00;
constexpr unsigned ends = 0x80;

std::string frame(unsigned first, std::string payload = {}) {
  return client_frame{.first = first, .payload = std::move(payload)}.bytes();
}

std::string sized(const std::string& opcode, std::size_t n) {
  return opcode + (n == 0 ? "" : n > 40 ? " [" + std::to_string(n) + "]" : " " + std::string(n, 'x'));
}

// -- section 5.6: data frames -------------------------------------------------

void add_lengths(cases& out) {
  for (const std::size_t n : {0, 1, 2, 124, 125, 126, 127, 128, 65535, 65536})
    out.push_back(
        {"a binary message of " + std::to_string(n), binary_frame(std::string(n, 'x')), sized("binary", n), true});
  for (const std::size_t n : {0, 1, 125, 126, 127, 65535, 65536})
    out.push_back({"a text of " + std::to_string(n), text_frame(std::string(n, 'x')), sized("text", n), true});
  const std::size_t max = conformance_message_max;
  out.push_back({"the largest message", binary_frame(std::string(max, 'x')), sized("binary", max), true});
  out.push_back({"one byte more", frame(0x82, std::string(max + 1, 'x')), "close 1009, end"});
  out.push_back({"a length of 2^32", client_frame{.first = 0x82, .length_bytes = 8, .announced = 1ull << 32}.bytes(),
                 "close 1009, end"});
  out.push_back({"a length of 2^63 - 1",
                 client_frame{.first = 0x82, .length_bytes = 8, .announced = 0x7fffffffffffffffull}.bytes(),
                 "close 1009, end"});
  out.push_back({"a length with the highest bit",
                 client_frame{.first = 0x82, .length_bytes = 8, .announced = ~0ull}.bytes(), "close 1009, end"});
  out.push_back({"fragments that are too large together",
                 frame(binary_begins, std::string(max - 10, 'x')) + frame(ends, std::string(11, 'x')),
                 "close 1009, end"});
  out.push_back({"fragments that are as large as may be",
                 frame(binary_begins, std::string(max - 10, 'x')) + frame(ends, std::string(10, 'x')),
                 sized("binary", max), true});
  for (const auto& [n, bytes] : {std::pair{0u, 2u}, {125u, 2u}, {0u, 8u}, {125u, 8u}, {126u, 8u}, {65535u, 8u}})
    out.push_back({"a length of " + std::to_string(n) + " in " + std::to_string(bytes) + " bytes",
                   client_frame{.first = 0x82, .payload = std::string(n, 'x'), .length_bytes = bytes}.bytes(),
                   "close 1002, end"});
}

void add_masks(cases& out) {
  for (const unsigned first : {0x81u, 0x82u, 0x89u, 0x8au, 0x88u})
    out.push_back({"an unmasked frame with opcode " + std::to_string(first & 15),
                   client_frame{.first = first, .payload = first == 0x88 ? "\x03\xe8" : "x", .masked = false}.bytes(),
                   "close 1002, end"});
}

void add_reserved(cases& out) {
  for (const unsigned bits : {0x40u, 0x20u, 0x10u, 0x70u})
    for (const unsigned opcode : {0x81u, 0x82u, 0x89u, 0x88u})
      out.push_back({"reserved bits " + std::to_string(bits >> 4) + " with opcode " + std::to_string(opcode & 15),
                     frame(opcode | bits, opcode == 0x88 ? "\x03\xe8" : "x"), "close 1002, end"});
  for (const unsigned opcode : {3u, 4u, 5u, 6u, 7u, 11u, 12u, 13u, 14u, 15u})
    out.push_back({"reserved opcode " + std::to_string(opcode), frame(0x80 | opcode, "x"), "close 1002, end"});
  out.push_back({"a reserved opcode behind a message", text_frame("a") + frame(0x83), "text a, close 1002, end"});
}

// -- section 5.4: fragmentation -----------------------------------------------

void add_fragments(cases& out) {
  out.push_back({"two fragments", frame(text_begins, "hel") + frame(ends, "lo"), "text hello", true});
  out.push_back(
      {"five fragments",
       frame(binary_begins, "a") + frame(goes_on, "b") + frame(goes_on, "c") + frame(goes_on, "d") + frame(ends, "e"),
       "binary abcde", true});
  out.push_back({"empty fragments", frame(text_begins) + frame(goes_on) + frame(ends), "text", true});
  out.push_back(
      {"empty fragments around bytes", frame(text_begins) + frame(goes_on, "x") + frame(ends), "text x", true});
  out.push_back({"an empty last fragment", frame(text_begins, "x") + frame(ends), "text x", true});
  out.push_back(
      {"a ping between fragments", frame(text_begins, "a") + ping("p") + frame(ends, "b"), "pong p, text ab", true});
  out.push_back({"a ping before the empty last fragment", frame(text_begins, "a") + ping("p") + frame(ends),
                 "pong p, text a", true});
  out.push_back(
      {"pings between all fragments",
       ping("1") + frame(text_begins, "a") + ping("2") + frame(goes_on, "b") + ping("3") + frame(ends, "c") + ping("4"),
       "pong 1, pong 2, pong 3, text abc, pong 4", true});
  out.push_back({"a pong between fragments", frame(text_begins, "a") + pong("p") + frame(ends, "b"), "text ab", true});
  out.push_back({"a close between fragments", frame(text_begins, "a") + close(1000), "close 1000, end"});
  out.push_back({"two fragmented messages",
                 frame(text_begins, "a") + frame(ends, "b") + frame(binary_begins, "c") + frame(ends, "d"),
                 "text ab, binary cd", true});
  out.push_back({"a continuation of nothing", frame(ends, "x"), "close 1002, end"});
  out.push_back({"a continuation of nothing that goes on", frame(goes_on, "x"), "close 1002, end"});
  out.push_back(
      {"a continuation behind a whole message", text_frame("a") + frame(ends, "b"), "text a, close 1002, end"});
  out.push_back({"a text within a text", frame(text_begins, "a") + text_frame("b"), "close 1002, end"});
  out.push_back({"a binary within a text", frame(text_begins, "a") + binary_frame("b"), "close 1002, end"});
  out.push_back({"a text that begins twice", frame(text_begins, "a") + frame(text_begins, "b"), "close 1002, end"});
}

// -- section 5.5: control frames ----------------------------------------------

void add_controls(cases& out) {
  for (const std::size_t n : {0, 1, 40, 124, 125})
    out.push_back({"a ping of " + std::to_string(n), ping(std::string(n, 'x')), sized("pong", n), true});
  out.push_back({"a ping of bytes", ping(std::string("\x00\xff\xfe", 3)), std::string("pong \x00\xff\xfe", 8), true});
  out.push_back({"ten pings",
                 ping("0") + ping("1") + ping("2") + ping("3") + ping("4") + ping("5") + ping("6") + ping("7") +
                     ping("8") + ping("9"),
                 "pong 0, pong 1, pong 2, pong 3, pong 4, pong 5, pong 6, pong 7, pong 8, pong 9", true});
  out.push_back({"pings and messages", ping("1") + text_frame("a") + ping("2") + text_frame("b"),
                 "pong 1, text a, pong 2, text b", true});
  out.push_back({"a pong that nobody asked for", pong("x") + text_frame("a"), "text a", true});
  out.push_back({"a pong of 125", pong(std::string(125, 'x')) + text_frame("a"), "text a", true});
  for (const unsigned first : {0x89u, 0x8au, 0x88u}) {
    const std::string opcode = std::to_string(first & 15);
    const std::string payload = first == 0x88 ? "\x03\xe8" : "";
    out.push_back({"a control frame of 126 with opcode " + opcode, frame(first, payload + std::string(126, 'x')),
                   "close 1002, end"});
    out.push_back({"a control frame of 65536 with opcode " + opcode,
                   client_frame{.first = first, .length_bytes = 8, .announced = 65536}.bytes(), "close 1002, end"});
    out.push_back(
        {"a fragmented control frame with opcode " + opcode, frame(first & 15, payload + "x"), "close 1002, end"});
  }
}

// -- sections 5.5.1 and 7.4: closing ------------------------------------------

void add_closes(cases& out) {
  const auto code = [](unsigned c) { return std::to_string(c); };
  for (const unsigned c :
       {1000u, 1001u, 1002u, 1003u, 1007u, 1008u, 1009u, 1010u, 1011u, 1012u, 1013u, 3000u, 3999u, 4000u, 4999u})
    out.push_back({"close " + code(c), close(c), "close " + code(c) + ", end"});
  for (const unsigned c : {0u, 1u, 999u, 1004u, 1005u, 1006u, 1014u, 1015u, 1016u, 1100u, 2000u, 2999u})
    out.push_back({"close " + code(c), close(c), "close 1002, end"});
  out.push_back({"a close without status", frame(0x88), "close, end"});
  out.push_back({"a close of one byte", frame(0x88, "x"), "close 1002, end"});
  out.push_back({"a close with a reason", close(1000, "over"), "close 1000, end"});
  out.push_back({"a close with a reason of 123", close(1000, std::string(123, 'x')), "close 1000, end"});
  out.push_back({"a close with a reason of 124", close(1000, std::string(124, 'x')), "close 1002, end"});
  out.push_back({"a close whose reason is no UTF-8", close(1000, "\xff"), "close 1007, end"});
  out.push_back({"a close whose reason breaks off", close(1000, "a\xe2\x82"), "close 1007, end"});
  out.push_back({"a message behind a close", close(1000) + text_frame("late"), "close 1000, end"});
  out.push_back({"a ping behind a close", close(1000) + ping("late"), "close 1000, end"});
  out.push_back({"two closes", close(1001) + close(1000), "close 1001, end"});
  out.push_back({"a close behind a message", text_frame("a") + close(1000), "text a, close 1000, end"});
}

// -- section 8.1: UTF-8 -------------------------------------------------------

void add_utf8(cases& out) {
  const std::string poem = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5"; // kosme
  out.push_back({"Greek", text_frame(poem), "text " + poem, true});
  out.push_back(
      {"Greek that is split within characters",
       frame(text_begins, poem.substr(0, 3)) + frame(goes_on, poem.substr(3, 1)) + frame(ends, poem.substr(4)),
       "text " + poem, true});
  out.push_back(
      {"an emoji split into bytes, with a ping between",
       frame(text_begins, "\xf0") + frame(goes_on, "\x9f") + ping("p") + frame(goes_on, "\x98") + frame(ends, "\x80"),
       "pong p, text \xf0\x9f\x98\x80", true});
  out.push_back({"the last code point", text_frame("\xf4\x8f\xbf\xbf"), "text \xf4\x8f\xbf\xbf", true});
  for (const auto& [name, bytes] : std::initializer_list<std::pair<const char*, std::string>>{
           {"a lone continuation", "\x80"},
           {"an impossible byte", "\xfe"},
           {"an overlong slash", "\xc0\xaf"},
           {"an overlong NUL of three bytes", "\xe0\x80\x80"},
           {"an overlong NUL of four bytes", "\xf0\x80\x80\x80"},
           {"a surrogate", "\xed\xa0\x80"},
           {"a pair of surrogates", "\xed\xa0\xbd\xed\xb8\x80"},
           {"a code point above the last", "\xf4\x90\x80\x80"},
           {"a start without its rest", "\xe2\x82"},
           {"a start without its rest within a text", "abc\xe2\x82 def"},
       })
    out.push_back({std::string("a text with ") + name, text_frame(bytes), "close 1007, end"});
  out.push_back({"a text whose last fragment is empty and the first breaks off",
                 frame(text_begins, "\xce") + frame(ends), "close 1007, end"});
  out.push_back({"a bad byte in the second of three fragments",
                 frame(text_begins, "ab") + frame(goes_on, "\xff") + frame(ends, "cd"), "close 1007, end"});
  out.push_back({"a broken character at the border of fragments", frame(text_begins, "\xe2\x82") + frame(ends, "x"),
                 "close 1007, end"});
  out.push_back({"binary that is no text", binary_frame("\xff\xfe"), "binary \xff\xfe", true});
}

} // namespace

std::vector<conformance_case> conformance_cases() {
  cases out;
  add_lengths(out);
  add_masks(out);
  add_reserved(out);
  add_fragments(out);
  add_controls(out);
  add_closes(out);
  add_utf8(out);
  return out;
}

} // namespace troupe::transports::test
