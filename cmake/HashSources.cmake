# Writes OUTPUT, a C++ file that defines kGeneratorSources as the hash of the files SOURCES, which
# are separated by commas. Run by the build whenever one of them changes:
#   cmake -DOUTPUT=... -DSOURCES=a.cpp,b.h -P HashSources.cmake
string(REPLACE "," ";" sources "${SOURCES}")
list(SORT sources)
set(all "")
foreach(source ${sources})
  file(SHA256 ${source} hash)
  get_filename_component(name ${source} NAME)
  string(APPEND all "${name} ${hash}\n")
endforeach()
string(SHA256 hash "${all}")
string(SUBSTRING ${hash} 0 16 hash)
file(WRITE ${OUTPUT}.new "#include \"kernel/generator_version.h\"

namespace nonlin {
const char* const kGeneratorSources = \"${hash}\";
}
")
file(RENAME ${OUTPUT}.new ${OUTPUT})
