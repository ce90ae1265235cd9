# GNU MPFR as Debian packages it (libmpfr-dev), without a CMake package of its own. Defines MPFR::mpfr.

find_path(MPFR_INCLUDE_DIR mpfr.h)
find_library(MPFR_LIBRARY mpfr)
find_library(GMP_LIBRARY gmp)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(MPFR REQUIRED_VARS MPFR_LIBRARY GMP_LIBRARY MPFR_INCLUDE_DIR
                                  REASON_FAILURE_MESSAGE "On Debian: apt-get install libmpfr-dev")

if(MPFR_FOUND AND NOT TARGET MPFR::mpfr)
  add_library(MPFR::mpfr UNKNOWN IMPORTED)
  set_target_properties(
    MPFR::mpfr PROPERTIES IMPORTED_LOCATION ${MPFR_LIBRARY}
                          INTERFACE_INCLUDE_DIRECTORIES ${MPFR_INCLUDE_DIR}
                          INTERFACE_LINK_LIBRARIES ${GMP_LIBRARY})
endif()
