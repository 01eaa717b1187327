# Installs into a folder of its own, builds examples/hello against it as a project of its own and asks it its version.
# So do examples/auction with its tests, a program with an Asio of its own, tests of a channel, and one that is only a client, and every public header is compiled alone, with nothing else to include
# than what is installed.
set(place ${BUILD_DIR}/tests/install)
set(prefix ${place}/prefix)
file(REMOVE_RECURSE ${place}/prefix ${place}/hello ${place}/auction ${place}/own_asio ${place}/own_tests ${place}/listen ${place}/headers)

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT status EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\n${said}")
  endif()
  set(said "${said}" PARENT_SCOPE)
endfunction()

function(build name source)
  run(${CMAKE_COMMAND} -S ${source} -B ${place}/${name} -G Ninja -D CMAKE_PREFIX_PATH=${prefix}
      -D CMAKE_CXX_COMPILER=${COMPILER} ${ARGN})
  run(${CMAKE_COMMAND} --build ${place}/${name})
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${prefix})

file(GLOB headers RELATIVE ${prefix}/include ${prefix}/include/troupe/*.hpp ${prefix}/include/troupe/testing/*.hpp)
foreach(header IN LISTS headers)
  string(MAKE_C_IDENTIFIER ${header} name)
  file(WRITE ${place}/headers/source/${name}.cpp "#include <${header}>\n#include <${header}>\n")
endforeach()
file(WRITE ${place}/headers/source/CMakeLists.txt [[
cmake_minimum_required(VERSION 3.25)
project(headers LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 20)
find_package(troupe 0.1 REQUIRED)
file(GLOB sources *.cpp)
add_library(headers OBJECT ${sources})
target_link_libraries(headers PRIVATE troupe::troupe)
]])
build(headers ${place}/headers/source)

build(hello ${SOURCE_DIR}/examples/hello)
build(auction ${SOURCE_DIR}/examples/auction)
run(${place}/auction/auction_tests)
build(own_asio ${SOURCE_DIR}/tests/install/own_asio)
build(own_tests ${SOURCE_DIR}/tests/install/own_tests)
run(${place}/own_tests/own_tests)
build(listen ${SOURCE_DIR}/examples/listen -D CMAKE_DISABLE_FIND_PACKAGE_CAF=ON -D CMAKE_DISABLE_FIND_PACKAGE_RocksDB=ON
      -D CMAKE_DISABLE_FIND_PACKAGE_spdlog=ON) # a client needs nothing of a node
foreach(program ${place}/hello/hello ${place}/own_asio/own_asio ${prefix}/bin/troupe)
  run(${program} version)
  if(NOT said MATCHES "^troupe ${VERSION} \\(commit [^,]+, [A-Za-z]+\\)\n$")
    message(FATAL_ERROR "${program} version said: ${said}")
  endif()
endforeach()
foreach(file share/man/man1/troupe.1 share/bash-completion/completions/troupe share/zsh/site-functions/_troupe)
  if(NOT EXISTS ${prefix}/${file})
    message(FATAL_ERROR "${file} is not installed")
  endif()
endforeach()
