# Installs into a folder of its own, and has tutorial.sh follow docs/tutorial.md with what is there.
set(place ${BUILD_DIR}/tests/tutorial)
file(REMOVE_RECURSE ${place})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${place}/prefix OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
set(ENV{CXX} ${COMPILER})
execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/tutorial.sh ${SOURCE_DIR}/docs/tutorial.md ${place}/prefix ${place}/work
  COMMAND_ERROR_IS_FATAL ANY)
