// nonlin study list|show|export|remove, and how a study is printed wherever one is.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/nearest.h"
#include "cli/handlers.h"
#include "report/export.h"
#include "report/leaderboard.h"
#include "report/study_report.h"
#include "study/study_lock.h"

namespace nonlin {
namespace {

/// Looking for studies must not make an empty database.
std::unique_ptr<Storage> open_existing_storage(const std::string& url) {
  const std::string path = storage_path(url);
  std::error_code failure;
  if (!std::filesystem::exists(path, failure)) {
    throw Error(ErrorCode::kNotFound, fmt::format("there is no {} here", path),
                "'nonlin search' makes it; --storage sqlite:///PATH names another");
  }
  return open_storage(url);
}

Study find_study(Storage& storage, const std::string& name) {
  if (const auto study = storage.find_study(name)) return *study;
  std::vector<std::string> known;
  for (const Study& study : storage.studies()) known.push_back(study.settings.name);
  const std::string guess = did_you_mean(name, known);
  throw Error(ErrorCode::kNotFound, fmt::format("there is no study '{}'", name),
              guess.empty() ? "'nonlin study list' shows those there are" : guess);
}

void list_studies(Storage& storage, bool json, Colours colours) {
  const std::vector<Study> studies = storage.studies();
  fmt::print("{}",
             json ? dump_json(studies_json(studies), 2) + "\n" : studies_text(studies, colours));
}

void export_study(Storage& storage, const Study& study, const std::string& format) {
  const std::vector<Trial> trials = storage.trials(study.id);
  fmt::print("{}", format == "csv" ? export_csv(trials) : export_jsonl(trials));
}

void remove_study(Storage& storage, const Study& study, const StudyCommand& command) {
  if (!command.confirmed) {
    throw Error(ErrorCode::kUsage,
                fmt::format("study '{}' and its {} trials would be deleted", study.settings.name,
                            storage.trials(study.id).size()),
                "say so with --yes");
  }
  // Not under the feet of a search.
  const StudyLock lock = StudyLock::take(command.storage, study.settings.name).value_or_throw();
  storage.remove_study(study.id);
  std::error_code ignored;  // What is left of the checkpoints is only disk space.
  std::filesystem::remove_all(checkpoint_folder(command.storage, study.settings.name), ignored);
  fmt::print("study '{}' is deleted\n", study.settings.name);
}

}  // namespace

std::string checkpoint_folder(const std::string& storage, const std::string& study) {
  return fmt::format("{}.checkpoints/{}", storage_path(storage), study);
}

void print_study(Storage& storage, const Study& study, const StudyPrint& how) {
  const std::vector<Trial> trials = storage.trials(study.id);
  const StudyReportOptions options{.rows = how.rows, .colours = how.colours};
  fmt::print("{}", how.json ? dump_json(study_json(study, trials, options), 2) + "\n"
                            : study_text(study, trials, options));
}

int run_study_command(const StudyCommand& command, const Environment& environment) {
  using Action = StudyCommand::Action;
  const auto storage = open_existing_storage(command.storage);
  const Colours colours = output_colours(environment);
  if (command.action == Action::kList) {
    list_studies(*storage, command.json, colours);
    return 0;
  }
  const Study study = find_study(*storage, command.name);
  switch (command.action) {
    case Action::kShow:
      print_study(*storage, study,
                  {.json = command.json,
                   .rows = static_cast<std::size_t>(command.rows),
                   .colours = colours});
      break;
    case Action::kExport: export_study(*storage, study, command.format); break;
    case Action::kRemove: remove_study(*storage, study, command); break;
    case Action::kList: break;
  }
  return 0;
}

}  // namespace nonlin
