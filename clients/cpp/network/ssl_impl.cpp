// Asio's TLS, compiled once; the rest of Asio and Beast is in transports/asio_impl.cpp.
#include <utility>

#include <boost/asio/ssl/impl/src.hpp>
