# The observer's page, compiled into the library: every node serves it, whatever else it serves.
set(observer_names index.html observer.css observer.svg observer.js api.js elements.js long_list.js tables.js tree.js charts.js detail.js confirm.js happenings.js)
list(TRANSFORM observer_names PREPEND ${PROJECT_SOURCE_DIR}/server/observer/ OUTPUT_VARIABLE observer_files)
set(observer_assets ${PROJECT_BINARY_DIR}/observer_assets.cpp)
add_custom_command(OUTPUT ${observer_assets}
  COMMAND ${CMAKE_COMMAND} -DOUT=${observer_assets} -DIN_DIR=${PROJECT_SOURCE_DIR}/server/observer
    "-DNAMES=${observer_names}" -DFUNCTION=observer_assets -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
  DEPENDS ${observer_files} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake VERBATIM)
target_sources(troupe_actors PRIVATE ${observer_assets})
