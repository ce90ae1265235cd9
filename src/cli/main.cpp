// nonlin: everything that needs no training; the rest is nonlin-train's.
#include "cli/commands.h"

int main(int argc, char** argv) { return nonlin::run_command_line(argc, argv); }
