# One library target per folder, its tests and micro-benchmarks beside it. A folder's CMakeLists.txt
# is one call:
#
#   nonlin_folder(expr USES base SOURCES expr.cpp parse.cpp TESTS parse_test.cpp
#                 BENCHMARKS parse_bench.cpp LIBRARIES tomlplusplus::tomlplusplus)
#
# USES names folders (public), LIBRARIES anything else to link (private). Tests of one folder are one
# executable <folder>_test, found test by test by CTest under the label <folder>.

add_library(nonlin_warnings INTERFACE)
target_compile_options(nonlin_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wno-sign-conversion -Wno-missing-field-initializers -Werror=return-type)
# GCC 12 warns of overlapping copies in "text" + std::string where there are none (its bug 105329).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(nonlin_warnings INTERFACE -Wno-restrict)
endif()
option(NONLIN_WERROR "Treat warnings as errors" ON)
if(NONLIN_WERROR)
  target_compile_options(nonlin_warnings INTERFACE -Werror)
endif()

function(nonlin_folder name)
  cmake_parse_arguments(ARG "" "" "USES;SOURCES;TESTS;BENCHMARKS;LIBRARIES" ${ARGN})
  set(target nonlin_${name})
  add_library(${target} STATIC ${ARG_SOURCES})
  add_library(nonlin::${name} ALIAS ${target})
  get_filename_component(root ${CMAKE_CURRENT_SOURCE_DIR} DIRECTORY)
  target_include_directories(${target} PUBLIC ${root})
  foreach(used ${ARG_USES})
    target_link_libraries(${target} PUBLIC nonlin_${used})
  endforeach()
  target_link_libraries(${target} PRIVATE nonlin_warnings ${ARG_LIBRARIES})
  if(BUILD_TESTING AND ARG_TESTS)
    nonlin_test(${name}_test LABEL ${name} SOURCES ${ARG_TESTS} LIBRARIES ${target} ${ARG_LIBRARIES})
  endif()
  if(NONLIN_BENCHMARKS AND ARG_BENCHMARKS)
    add_executable(${name}_bench ${ARG_BENCHMARKS})
    target_link_libraries(${name}_bench PRIVATE ${target} nonlin_warnings benchmark::benchmark_main)
  endif()
endfunction()

# A GoogleTest executable: nonlin_test(name LABEL label SOURCES ... LIBRARIES ...)
function(nonlin_test name)
  cmake_parse_arguments(ARG "" "LABEL;TIMEOUT" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LIBRARIES} nonlin_warnings GTest::gmock
                                        GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE NONLIN_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                             NONLIN_BINARY_DIR="${CMAKE_BINARY_DIR}")
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  include(GoogleTest)
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60
                       PROPERTIES LABELS "${ARG_LABEL}" TIMEOUT ${ARG_TIMEOUT})
endfunction()
