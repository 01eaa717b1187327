# `cpack --config build/release/CPackConfig.cmake`: the program as a Debian package, stripped. The library is for
# `cmake --install`.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "the Troupe authors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Real-time channels as supervised C++ actors")
set(CPACK_PACKAGE_DESCRIPTION
"Channels, written as C++ classes, for clients over WebSocket, Server-Sent
Events and long polling, in the same order and with the same history. This
package has the demo's program, its pages, a systemd unit and the docs.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL program service)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(debian ${PROJECT_SOURCE_DIR}/packaging/debian)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${debian}/conffiles;${debian}/postinst;${debian}/prerm;${debian}/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
