#include "kernel/affine_generator.h"

#include <cstddef>
#include <vector>

#include "kernel/block.h"
#include "kernel/vector_code.h"

namespace nonlin {
namespace {

using llvm::Value;

// Generates one function: a loop over columns of vectors around a loop over rows. Tables and sums
// of a column stay in registers while its rows go by.
class AffineGenerator {
 public:
  AffineGenerator(llvm::Module& module, DType dtype, const VectorTarget& target,
                  const FunctionForm& form)
      : code_(module, dtype, target), builder_(code_.builder()), form_(form) {}

  void forward(const std::string& name);
  void backward(const std::string& name);

 private:
  void begin(const std::string& name);
  Value* column_start(const VectorCode::Loop& columns);
  Value* row_start(const VectorCode::Loop& rows, Value* start);
  void load_column_tables(Value* start);
  void set_affine_input(Value* index);

  VectorCode code_;
  llvm::IRBuilder<>& builder_;
  const FunctionForm& form_;

  Value *x_ = nullptr, *residual_ = nullptr, *residual_mask_ = nullptr, *period_ = nullptr;
  Value *scale_ = nullptr, *shift_ = nullptr;
  Value* loaded_x_ = nullptr;
};

void AffineGenerator::begin(const std::string& name) {
  code_.begin_function(name);
  x_ = code_.pointer(offsetof(Block, x));
  residual_ = code_.pointer(offsetof(Block, residual));
  residual_mask_ = code_.count(offsetof(Block, residual_mask));
  period_ =
      builder_.CreateMul(code_.count(offsetof(Block, columns)), builder_.getInt64(code_.lanes()));
}

Value* AffineGenerator::column_start(const VectorCode::Loop& columns) {
  return builder_.CreateMul(columns.index, builder_.getInt64(code_.lanes()));
}

Value* AffineGenerator::row_start(const VectorCode::Loop& rows, Value* start) {
  return builder_.CreateAdd(start, builder_.CreateMul(rows.index, period_));
}

void AffineGenerator::load_column_tables(Value* start) {
  scale_ = code_.load_float(code_.pointer(offsetof(Block, scale)), start);
  shift_ = code_.load_float(code_.pointer(offsetof(Block, shift)), start);
  std::vector<Value*> values;
  Value* index = start;
  for (std::size_t i = 0; i < form_.parameters.size(); ++i) {
    values.push_back(code_.load_float(code_.pointer(offsetof(Block, parameters)), index));
    index = builder_.CreateAdd(index, period_);
  }
  code_.set_parameters(form_.parameters, values);
}

// Starts a new vector: its values are computed afresh.
void AffineGenerator::set_affine_input(Value* index) {
  loaded_x_ = code_.load(x_, index);
  Value* residual = code_.load(residual_, builder_.CreateAnd(index, residual_mask_));
  Value* affine = code_.math().multiply_add(loaded_x_, scale_, shift_);
  code_.set_input(builder_.CreateFAdd(affine, residual));
}

void AffineGenerator::forward(const std::string& name) {
  begin(name);
  Value* out = code_.pointer(offsetof(Block, out));
  const VectorCode::Loop columns = code_.begin_loop("column");
  Value* start = column_start(columns);
  load_column_tables(start);
  const VectorCode::Loop rows = code_.begin_loop("row");
  Value* index = row_start(rows, start);
  set_affine_input(index);
  code_.store(code_.evaluate(form_.value), out, index);
  code_.end_loop(rows, code_.count(offsetof(Block, rows)));
  code_.end_loop(columns, code_.count(offsetof(Block, columns)));
  code_.end_function();
}

void AffineGenerator::backward(const std::string& name) {
  const std::vector<Expr>& slopes = form_.parameter_derivatives;
  begin(name);
  Value* dy_base = code_.pointer(offsetof(Block, dy));
  Value* out = code_.pointer(offsetof(Block, out));
  Value* sums_base = code_.pointer(offsetof(Block, sums));
  const VectorCode::Loop columns = code_.begin_loop("column");
  Value* start = column_start(columns);
  load_column_tables(start);
  Value* center = code_.load_float(code_.pointer(offsetof(Block, center)), start);
  std::vector<Value*> addresses, so_far;
  Value* sum_index = start;
  for (std::size_t i = 0; i < 2 + slopes.size(); ++i) {
    addresses.push_back(code_.float_address(sums_base, sum_index));
    so_far.push_back(code_.load_float(sums_base, sum_index));
    sum_index = builder_.CreateAdd(sum_index, period_);
  }
  const VectorCode::Loop rows = code_.begin_loop("row");
  std::vector<llvm::PHINode*> sums;
  for (Value* sum : so_far) {
    sums.push_back(builder_.CreatePHI(code_.math().type(), 2));
    sums.back()->addIncoming(sum, rows.before);
  }
  Value* index = row_start(rows, start);
  set_affine_input(index);
  Value* dy = code_.load(dy_base, index);
  Value* dz = builder_.CreateFMul(dy, code_.evaluate(form_.derivative));
  VectorMath& math = code_.math();
  std::vector<Value*> next = {
      builder_.CreateFAdd(sums[0], dz),
      math.multiply_add(dz, builder_.CreateFSub(loaded_x_, center), sums[1])};
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    next.push_back(math.multiply_add(dy, code_.evaluate(slopes[i]), sums[2 + i]));
  }
  code_.store(dz, out, index);
  llvm::BasicBlock* last = code_.end_loop(rows, code_.count(offsetof(Block, rows)));
  for (std::size_t i = 0; i < sums.size(); ++i) {
    sums[i]->addIncoming(next[i], last);
    builder_.CreateAlignedStore(next[i], addresses[i], llvm::Align(4));
  }
  code_.end_loop(columns, code_.count(offsetof(Block, columns)));
  code_.end_function();
}

}  // namespace

Generator affine_generator(const FunctionForm& form, DType dtype) {
  return [&form, dtype](llvm::Module& module, const VectorTarget& target,
                        std::span<const std::string> names) {
    AffineGenerator(module, dtype, target, form).forward(names[0]);
    AffineGenerator(module, dtype, target, form).backward(names[1]);
  };
}

}  // namespace nonlin
