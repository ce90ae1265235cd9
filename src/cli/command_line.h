// The grammar of the command line: argument words in, one command as a value out. Pure: it neither
// prints nor exits; help and version come back as texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cli/commands.h"
#include "cli/function_commands.h"

namespace nonlin {

/// What --help and --version ask for.
struct PrintText {
  std::string text;
};

/// nonlin study list|show|export|remove.
struct StudyCommand {
  enum class Action { kList, kShow, kExport, kRemove };
  Action action = Action::kList;
  std::string name;        ///< Empty for kList.
  std::string storage;     ///< A URL.
  std::string format;      ///< Of kExport: "jsonl" or "csv".
  int rows = 20;           ///< Of kShow: search trials listed.
  bool confirmed = false;  ///< Of kRemove.
  bool json = false;
};

/// Where studies live if --storage does not say.
inline constexpr const char* kDefaultStorage = "sqlite:///nonlin.db";

/// nonlin space count|list|show|sample.
struct SpaceCommand {
  enum class Action { kCount, kList, kShow, kSample };
  Action action = Action::kCount;
  std::string space;             ///< Empty for kList.
  std::uint64_t limit = 10'000;  ///< Of kCount: compositions looked at.
  bool with_screen = true;       ///< Of kCount.
  std::uint64_t count = 10;      ///< Of kSample.
  std::uint64_t seed = 0;        ///< Of kSample.
  bool json = false;
};

/// nonlin data list.
struct DataCommand {
  std::vector<std::string> data;  ///< Folders to look in first.
  bool json = false;
};

using Command = std::variant<PrintText, SearchCommand, TrainCommand, WorkerCommand, StudyCommand,
                             CatalogCommand, ShowCommand, CompareCommand, EvalCommand,
                             ExportCommand, VerifyCommand, SpaceCommand, DataCommand>;

/// `arguments` without the program's name. Throws Error{kUsage}; an unknown command or option names
/// the nearest ones. An argument such as -x^2 is read as an expression by show and train.
Command parse_command_line(const std::vector<std::string>& arguments);

}  // namespace nonlin
