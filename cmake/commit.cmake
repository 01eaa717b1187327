# `troupe version` says which commit was built: looked up at each build, compiled when it is another one.
set(commit_source ${PROJECT_BINARY_DIR}/commit.cpp)
add_custom_target(troupe_commit
  COMMAND ${CMAKE_COMMAND} -DOUT=${commit_source} -DSOURCE=${PROJECT_SOURCE_DIR} -DTYPE=${CMAKE_BUILD_TYPE}
    -P ${PROJECT_SOURCE_DIR}/cmake/write_commit.cmake
  BYPRODUCTS ${commit_source} VERBATIM)
target_sources(troupe_config PRIVATE ${commit_source})
add_dependencies(troupe_config troupe_commit)
