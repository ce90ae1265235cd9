// One table for each language: how every operation is written in it, and the functions that code in
// it must bring along.
#pragma once

#include <span>

#include "emit/op_text.h"

namespace nonlin {

std::span<const OpText> pytorch_op_texts();
std::span<const Helper> pytorch_helpers();

std::span<const OpText> cpp_op_texts();
std::span<const Helper> cpp_helpers();

std::span<const OpText> latex_op_texts();

}  // namespace nonlin
