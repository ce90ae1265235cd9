#include "expr/catalogue.h"

#include <algorithm>
#include <vector>

#include "expr/catalogue/rooms.h"

namespace nonlin {
namespace {

struct Joined {
  std::vector<CatalogueEntry> entries;
  std::size_t elementwise_count = 0;
};

// Functions of x come first, so that they are one piece of the whole.
const Joined& joined() {
  static const Joined whole = [] {
    Joined result;
    const auto add = [&](std::span<const CatalogueEntry> room) {
      result.entries.insert(result.entries.end(), room.begin(), room.end());
    };
    for (const auto room : {rectifiers, exponential_units, sigmoidal, shrinkages, radial,
                            self_gated, mish_like, gaussian_gated, periodic, trainable, searched}) {
      add(room());
    }
    result.elementwise_count = result.entries.size();
    add(gates());
    add(not_elementwise());
    return result;
  }();
  return whole;
}

bool same_letters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, [&](char x, char y) { return lower(x) == lower(y); });
}

bool is_called(const CatalogueEntry& entry, std::string_view name) {
  const auto same = [&](std::string_view known) { return same_letters(known, name); };
  return same(entry.name) || std::ranges::any_of(entry.other_names, same) ||
         std::ranges::any_of(entry.republished, same, &Publication::name);
}

}  // namespace

std::span<const CatalogueEntry> catalogue() { return joined().entries; }

std::span<const CatalogueEntry> elementwise_catalogue() {
  return catalogue().first(joined().elementwise_count);
}

const CatalogueEntry* find_catalogue(std::string_view name) {
  if (name.empty()) return nullptr;
  const auto found = std::ranges::find_if(
      catalogue(), [&](const CatalogueEntry& entry) { return is_called(entry, name); });
  return found == catalogue().end() ? nullptr : &*found;
}

}  // namespace nonlin
