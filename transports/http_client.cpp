#include "transports/http_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <utility>

namespace troupe::transports {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr auto connect_patience = std::chrono::seconds{5};
constexpr std::size_t body_bytes_max = 64 * 1024 * 1024;

/// Runs one step to its end; throws what went wrong.
template <class Future>
auto finish(asio::io_context& context, Future step) {
  context.restart();
  context.run();
  return step.get();
}

http::request<http::string_body> to_beast(const client_request& what) {
  http::request<http::string_body> request;
  request.method_string(what.method);
  request.target(what.target);
  const bool v6 = what.host.find(':') != std::string::npos;
  request.set(http::field::host, (v6 ? "[" + what.host + "]" : what.host) + ":" + std::to_string(what.port));
  for (const auto& [name, value] : what.headers)
    request.set(name, value);
  request.body() = what.body;
  request.keep_alive(false);
  request.prepare_payload();
  return request;
}

std::string seconds_of(std::chrono::milliseconds t) {
  const auto tenths = t.count() / 100;
  return std::to_string(tenths / 10) + (tenths % 10 ? "." + std::to_string(tenths % 10) : "") + " s";
}

} // namespace

tl::expected<client_response, std::string> request_http(const client_request& what) {
  const auto where = what.host + ":" + std::to_string(what.port);
  asio::io_context context;
  beast::tcp_stream stream{context};
  stream.expires_after(std::min<std::chrono::milliseconds>(what.deadline, connect_patience));
  try {
    asio::ip::tcp::resolver resolver{context};
    const auto found = resolver.resolve(what.host, std::to_string(what.port));
    finish(context, stream.async_connect(found, asio::use_future));
  } catch (const std::exception& e) {
    return tl::unexpected("nobody answers at " + where + " (" + e.what() + ")");
  }
  try {
    stream.expires_after(what.deadline);
    const auto request = to_beast(what);
    finish(context, http::async_write(stream, request, asio::use_future));
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(body_bytes_max);
    finish(context, http::async_read(stream, buffer, parser, asio::use_future));
    return client_response{parser.get().result_int(), std::move(parser.get().body())};
  } catch (const boost::system::system_error& e) {
    if (e.code() == beast::error::timeout)
      return tl::unexpected(where + " did not answer within " + seconds_of(what.deadline));
    return tl::unexpected(where + " did not answer the request (" + e.what() + ")");
  } catch (const std::exception& e) {
    return tl::unexpected(where + " did not answer the request (" + e.what() + ")");
  }
}

} // namespace troupe::transports
