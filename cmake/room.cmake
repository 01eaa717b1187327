# A room is a top-level folder built as one static library: every .cpp below it, found by name.
# Files ending in .test.cpp, .fuzz.cpp and .bench.cpp are not part of the room's library.
#   FOLDER   where it is, if its name is another
#   LINKS    other rooms, and what the public headers include: whoever uses the library has it, too
#   HEADERS  header-only, for rooms in this tree; installed, the library does not mention it
#   INSIDE   for rooms in this tree; programs that use the installed library only link it

set(TROUPE_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  list(APPEND TROUPE_WARNINGS -Wno-restrict) # GCC 12 sees overlaps where strings are added (its bug 105651)
endif()

if(TROUPE_SANITIZE)
  # CAF 0.17 binds a reference through a null pointer in its own spawn templates, hence no `null`.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=null -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

find_program(TROUPE_MOLD mold)
if(TROUPE_MOLD AND NOT TROUPE_FUZZ)
  add_link_options(-fuse-ld=mold) # links in a fraction of the time
endif()

function(troupe_room name)
  cmake_parse_arguments(ROOM "" "FOLDER" "LINKS;HEADERS;INSIDE" ${ARGN})
  if(NOT ROOM_FOLDER)
    set(ROOM_FOLDER ${name})
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${ROOM_FOLDER}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "\\.(test|fuzz|bench)\\.cpp$")
  if(NOT sources)
    add_library(troupe_${name} INTERFACE)
    target_link_libraries(troupe_${name} INTERFACE ${ROOM_LINKS})
    return()
  endif()
  add_library(troupe_${name} STATIC ${sources})
  target_include_directories(troupe_${name}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
           $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
  target_link_libraries(troupe_${name} PUBLIC ${ROOM_LINKS})
  foreach(library IN LISTS ROOM_HEADERS ROOM_INSIDE)
    target_link_libraries(troupe_${name} PUBLIC $<BUILD_INTERFACE:${library}>)
  endforeach()
  foreach(library IN LISTS ROOM_INSIDE)
    target_link_libraries(troupe_${name} PUBLIC $<INSTALL_INTERFACE:$<LINK_ONLY:${library}>>)
  endforeach()
  target_compile_options(troupe_${name} PRIVATE ${TROUPE_WARNINGS})
  target_compile_features(troupe_${name} PUBLIC cxx_std_20)
  set_target_properties(troupe_${name} PROPERTIES EXPORT_NAME ${name})
  if(EXISTS ${PROJECT_SOURCE_DIR}/${ROOM_FOLDER}/precompiled.hpp)
    target_precompile_headers(troupe_${name} PRIVATE ${PROJECT_SOURCE_DIR}/${ROOM_FOLDER}/precompiled.hpp)
  endif()
endfunction()
