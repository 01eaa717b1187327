# Every library comes from Debian; docs/dependencies.md says why each is here.

find_package(Threads REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(simdjson REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tl-expected REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CAF REQUIRED COMPONENTS core)
find_package(RocksDB REQUIRED CONFIG)
find_library(SYSTEMD_LIBRARY systemd REQUIRED) # linked as `systemd`: it ships no CMake package

# msgpack-c is header-only and ships no CMake target on Debian 12.
add_library(troupe_msgpack INTERFACE)
target_compile_definitions(troupe_msgpack INTERFACE MSGPACK_NO_BOOST=1)

# Asio and Beast are compiled once, in transports/ (…_SEPARATE_COMPILATION). Programs that use the library may use Asio
# in their own way, so nothing is defined here that changes its classes (BOOST_ASIO_NO_DEPRECATED does).
add_library(troupe_asio INTERFACE)
target_link_libraries(troupe_asio INTERFACE Boost::headers OpenSSL::Crypto Threads::Threads)
target_compile_definitions(troupe_asio INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_DISABLE_CONCEPTS)
