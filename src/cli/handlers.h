// What each command does. They print their result on standard output and return the exit status;
// what goes wrong is thrown as Error, caught by run_command_line alone.
#pragma once

#include <cstddef>
#include <string>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "report/text.h"
#include "study/storage.h"

namespace nonlin {

int run_search_command(const SearchCommand& command, const Environment& environment,
                       const Trainer& trainer);
int run_study_command(const StudyCommand& command, const Environment& environment);
int run_catalog_command(const CatalogCommand& command, const Environment& environment);
int run_show_command(const ShowCommand& command, const Environment& environment);
int run_compare_command(const CompareCommand& command, const Environment& environment);
int run_eval_command(const EvalCommand& command, const Environment& environment);
int run_export_command(const ExportCommand& command, const Environment& environment);
int run_verify_command(const VerifyCommand& command, const Environment& environment);
int run_space_command(const SpaceCommand& command, const Environment& environment);
int run_data_command(const DataCommand& command, const Environment& environment);

struct StudyPrint {
  bool json = false;
  std::size_t rows = 20;  ///< Candidates of the search that are listed.
  Colours colours = Colours::kNone;
};

/// Leaderboard and counts of a study, on standard output.
void print_study(Storage& storage, const Study& study, const StudyPrint& how);

/// Where a study keeps the children that may be trained further: beside its database.
std::string checkpoint_folder(const std::string& storage, const std::string& study);

/// Colours if standard output is a terminal and nobody asked for none.
Colours output_colours(const Environment& environment);

}  // namespace nonlin
