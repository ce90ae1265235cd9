# SOCI as Debian packages it (libsoci-dev, libboost-dev, libsqlite3-dev): headers and libraries without
# a CMake package of their own. Defines SOCI::core and SOCI::sqlite3.

find_path(SOCI_INCLUDE_DIR soci/soci.h)
find_library(SOCI_CORE_LIBRARY soci_core)
find_library(SOCI_SQLITE3_LIBRARY soci_sqlite3)
find_library(SQLITE3_LIBRARY sqlite3)
find_path(SQLITE3_INCLUDE_DIR sqlite3.h)
# SOCI's headers, as Debian configures them, include Boost's.
find_path(SOCI_BOOST_INCLUDE_DIR boost/version.hpp)

if(SOCI_INCLUDE_DIR AND EXISTS ${SOCI_INCLUDE_DIR}/soci/version.h)
  file(STRINGS ${SOCI_INCLUDE_DIR}/soci/version.h SOCI_VERSION REGEX "#define SOCI_LIB_VERSION ")
  string(REGEX REPLACE ".*\"([0-9_]+)\".*" "\\1" SOCI_VERSION "${SOCI_VERSION}")
  string(REPLACE "_" "." SOCI_VERSION "${SOCI_VERSION}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  SOCI
  REQUIRED_VARS SOCI_CORE_LIBRARY SOCI_SQLITE3_LIBRARY SQLITE3_LIBRARY SOCI_INCLUDE_DIR
                SQLITE3_INCLUDE_DIR SOCI_BOOST_INCLUDE_DIR
  VERSION_VAR SOCI_VERSION
  REASON_FAILURE_MESSAGE "On Debian: apt-get install libsoci-dev libsqlite3-dev libboost-dev")

if(SOCI_FOUND AND NOT TARGET SOCI::core)
  add_library(SOCI::core UNKNOWN IMPORTED)
  set_target_properties(
    SOCI::core PROPERTIES IMPORTED_LOCATION ${SOCI_CORE_LIBRARY}
                          INTERFACE_INCLUDE_DIRECTORIES
                          "${SOCI_INCLUDE_DIR};${SOCI_BOOST_INCLUDE_DIR}")
  add_library(SOCI::sqlite3 UNKNOWN IMPORTED)
  set_target_properties(
    SOCI::sqlite3 PROPERTIES IMPORTED_LOCATION ${SOCI_SQLITE3_LIBRARY}
                             INTERFACE_INCLUDE_DIRECTORIES ${SQLITE3_INCLUDE_DIR}
                             INTERFACE_LINK_LIBRARIES "SOCI::core;${SQLITE3_LIBRARY}")
endif()
