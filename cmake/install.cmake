# What `cmake --install` puts where, so that `find_package(troupe)` works from another project.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/troupe)
set(data_dir ${CMAKE_INSTALL_DATADIR}/troupe)

# The library: rooms, public headers, package.
set_target_properties(troupe_library PROPERTIES EXPORT_NAME troupe)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME library)
install(TARGETS troupe_config troupe_protocol troupe_transports troupe_client troupe_actors troupe_testing
  troupe_library EXPORT troupe-targets)
install(EXPORT troupe-targets NAMESPACE troupe:: DESTINATION ${package_dir})
install(DIRECTORY include/troupe DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
configure_package_config_file(cmake/troupe-config.cmake.in ${PROJECT_BINARY_DIR}/troupe-config.cmake
  INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/troupe-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/troupe-config.cmake ${PROJECT_BINARY_DIR}/troupe-config-version.cmake
  cmake/FindCAF.cmake DESTINATION ${package_dir})

# The program, what it serves, how it is configured and run, and what is said about it.
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME program)
install(TARGETS troupe)
install(DIRECTORY examples/pages DESTINATION ${data_dir})
install(FILES config/troupe.toml examples/demo.toml DESTINATION ${data_dir})
install(FILES packaging/systemd/troupe.service DESTINATION lib/systemd/system)
install(FILES README.md ARCHITECTURE.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md" PATTERN screenshots EXCLUDE)

# Of the Debian package alone: what `cmake --install` must not touch.
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME service)
install(FILES packaging/debian/troupe.toml DESTINATION /etc/troupe EXCLUDE_FROM_ALL)
