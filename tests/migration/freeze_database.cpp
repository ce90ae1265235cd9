// Writes a new database with the frozen studies, in the current schema. Run once for every version
// of the schema, when it is released; the file is never written again.
#include <cstdio>

#include "base/error.h"
#include "frozen_study.h"

int main(int count, char** arguments) {
  using namespace nonlin;
  if (count != 2) {
    std::fprintf(stderr, "usage: freeze_database FILE\n");
    return 2;
  }
  try {
    const auto storage = open_storage(std::string("sqlite:///") + arguments[1]);
    for (const StudySettings& settings : frozen_studies()) storage->create_study(settings);
    const std::int64_t study = storage->find_study(frozen_studies()[0].name).value().id;
    storage->set_budget(study, 600, 1500);
    storage->set_spent(study, 123.5);
    storage->set_study_state(study, StudyState::kFinished);
    storage->add_trials(study, frozen_trials());
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
