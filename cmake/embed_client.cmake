# The JavaScript client, bundled by esbuild and compiled into the library: every node serves it at /troupe.js.
find_program(ESBUILD esbuild REQUIRED)
set(client_source ${PROJECT_SOURCE_DIR}/clients/js/src)
file(STRINGS ${PROJECT_SOURCE_DIR}/clients/js/bundle.flags client_flags)
set(client_built ${PROJECT_BINARY_DIR}/client)
file(GLOB_RECURSE client_sources CONFIGURE_DEPENDS ${client_source}/*.ts)

set(client_names "")
foreach(bundle index.ts=troupe.js=esm global.ts=troupe.global.js=iife msgpack.ts=troupe.msgpack.js=esm)
  string(REPLACE "=" ";" bundle ${bundle})
  list(GET bundle 0 from)
  list(GET bundle 1 to)
  list(GET bundle 2 format)
  add_custom_command(OUTPUT ${client_built}/${to} ${client_built}/${to}.map
    COMMAND ${ESBUILD} ${client_source}/${from} --outfile=${client_built}/${to} --format=${format} ${client_flags}
    DEPENDS ${client_sources} ${PROJECT_SOURCE_DIR}/clients/js/bundle.flags VERBATIM)
  list(APPEND client_names ${to} ${to}.map)
endforeach()
list(TRANSFORM client_names PREPEND ${client_built}/ OUTPUT_VARIABLE client_files)
set(client_assets ${PROJECT_BINARY_DIR}/client_assets.cpp)
add_custom_command(OUTPUT ${client_assets}
  COMMAND ${CMAKE_COMMAND} -DOUT=${client_assets} -DIN_DIR=${client_built} "-DNAMES=${client_names}"
    -DFUNCTION=client_assets -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
  DEPENDS ${client_files} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake VERBATIM)
target_sources(troupe_actors PRIVATE ${client_assets})
