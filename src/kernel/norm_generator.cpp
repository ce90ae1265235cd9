#include "kernel/norm_generator.h"

#include <cstddef>
#include <vector>

#include "kernel/row_code.h"
#include "kernel/vector_code.h"

namespace nonlin {
namespace {

using llvm::Value;

// A loop over rows; inside, passes over the vectors of one row, which stays in the first-level
// cache meanwhile.
class NormGenerator {
 public:
  NormGenerator(llvm::Module& module, DType dtype, const VectorTarget& target, NormKind kind,
                const FunctionForm& form)
      : code_(module, dtype, target),
        rows_(code_),
        builder_(code_.builder()),
        kind_(kind),
        form_(form) {}

  void forward(const std::string& name);
  void backward(const std::string& name);

 private:
  struct Moments {  // Scalars.
    Value* mean;
    Value* square;  // Around the mean.
  };
  struct Statistics {  // In all lanes.
    Value* mean;
    Value* inverse;
  };

  void begin(const std::string& name);
  void begin_row();
  void end_row();
  Value* index(Value* start) { return builder_.CreateAdd(row_start_, start); }
  Value* divided_by_count(Value* scalar) { return builder_.CreateFDiv(scalar, count_); }
  Moments layer_moments();
  Moments root_mean_square_moments();
  Statistics measure();
  Value* normalised(Value* start, const Statistics& statistics);
  void set_input(Value* normalised, Value* start);
  void add_to_sum(std::size_t quantity, Value* start, Value* a, Value* b);
  Value* table_index(std::size_t row, Value* start);

  VectorCode code_;
  RowCode rows_;
  llvm::IRBuilder<>& builder_;
  NormKind kind_;
  const FunctionForm& form_;

  Value *x_ = nullptr, *out_ = nullptr, *weight_ = nullptr, *bias_ = nullptr;
  Value *parameters_ = nullptr, *sums_ = nullptr;
  Value *mean_ = nullptr, *inverse_ = nullptr, *count_ = nullptr;
  VectorCode::Loop row_{};
  Value* row_start_ = nullptr;
};

void NormGenerator::begin(const std::string& name) {
  code_.begin_function(name);
  rows_.begin(offsetof(NormBlock, columns), offsetof(NormBlock, masks));
  x_ = code_.pointer(offsetof(NormBlock, x));
  out_ = code_.pointer(offsetof(NormBlock, out));
  weight_ = code_.pointer(offsetof(NormBlock, weight));
  bias_ = code_.pointer(offsetof(NormBlock, bias));
  parameters_ = code_.pointer(offsetof(NormBlock, parameters));
  sums_ = code_.pointer(offsetof(NormBlock, sums));
  mean_ = code_.pointer(offsetof(NormBlock, mean));
  inverse_ = code_.pointer(offsetof(NormBlock, inverse));
  count_ = code_.field(offsetof(NormBlock, count), builder_.getFloatTy());
}

void NormGenerator::begin_row() {
  row_ = code_.begin_loop("row");
  row_start_ = builder_.CreateMul(row_.index, rows_.length());
}

void NormGenerator::end_row() {
  code_.end_loop(row_, code_.count(offsetof(NormBlock, rows)));
  code_.end_function();
}

// Twice over the row: sums of squares around a mean do not cancel. What is left of the sum around
// the mean corrects its rounding (Chan, Golub, LeVeque 1983, "Algorithms for Computing the Sample
// Variance", section 4).
NormGenerator::Moments NormGenerator::layer_moments() {
  Value* rough = divided_by_count(
      rows_.sums(1, [&](Value* start) { return std::vector{code_.load(x_, index(start))}; })[0]);
  Value* center = rows_.splat(rough);
  const std::vector<Value*> around = rows_.sums(2, [&](Value* start) {
    Value* difference = builder_.CreateFSub(code_.load(x_, index(start)), center);
    return std::vector{difference, builder_.CreateFMul(difference, difference)};
  });
  Value* rest = divided_by_count(around[0]);
  Value* square = builder_.CreateFSub(divided_by_count(around[1]), builder_.CreateFMul(rest, rest));
  return {builder_.CreateFAdd(rough, rest), square};
}

NormGenerator::Moments NormGenerator::root_mean_square_moments() {
  Value* square = divided_by_count(rows_.sums(1, [&](Value* start) {
    Value* x = code_.load(x_, index(start));
    return std::vector{builder_.CreateFMul(x, x)};
  })[0]);
  return {llvm::ConstantFP::get(builder_.getFloatTy(), 0), square};
}

// Leaves the statistics of the row at hand in their tables.
NormGenerator::Statistics NormGenerator::measure() {
  llvm::Type* scalar = builder_.getFloatTy();
  const Moments row = kind_ == NormKind::kLayer ? layer_moments() : root_mean_square_moments();
  // Rounding may take a variance below zero; NaN stays.
  Value* zero = llvm::ConstantFP::get(scalar, 0);
  Value* square = builder_.CreateSelect(builder_.CreateFCmpOLT(row.square, zero), zero, row.square);
  Value* shifted = builder_.CreateFAdd(square, code_.field(offsetof(NormBlock, epsilon), scalar));
  Value* inverse =
      builder_.CreateFDiv(llvm::ConstantFP::get(scalar, 1),
                          builder_.CreateUnaryIntrinsic(llvm::Intrinsic::sqrt, shifted));
  rows_.store_scalar(row.mean, mean_, row_.index);
  rows_.store_scalar(inverse, inverse_, row_.index);
  return {rows_.splat(row.mean), rows_.splat(inverse)};
}

Value* NormGenerator::normalised(Value* start, const Statistics& statistics) {
  Value* x = code_.load(x_, index(start));
  if (kind_ == NormKind::kLayer) x = builder_.CreateFSub(x, statistics.mean);
  return builder_.CreateFMul(x, statistics.inverse);
}

Value* NormGenerator::table_index(std::size_t row, Value* start) {
  return builder_.CreateAdd(start, builder_.CreateMul(rows_.length(), builder_.getInt64(row)));
}

// Starts a new vector: its values are computed afresh.
void NormGenerator::set_input(Value* normalised, Value* start) {
  std::vector<Value*> values;
  for (std::size_t i = 0; i < form_.parameters.size(); ++i) {
    values.push_back(code_.load_float(parameters_, table_index(i, start)));
  }
  code_.set_parameters(form_.parameters, values);
  code_.set_input(code_.math().multiply_add(normalised, code_.load_float(weight_, start),
                                            code_.load_float(bias_, start)));
}

// Adds a * b to a sum per channel, in memory.
void NormGenerator::add_to_sum(std::size_t quantity, Value* start, Value* a, Value* b) {
  Value* at = table_index(quantity, start);
  Value* sum = code_.math().multiply_add(a, b, code_.load_float(sums_, at));
  builder_.CreateAlignedStore(sum, code_.float_address(sums_, at), llvm::Align(4));
}

void NormGenerator::forward(const std::string& name) {
  begin(name);
  begin_row();
  const Statistics row = measure();
  rows_.for_each_vector([&](Value* start) {
    set_input(normalised(start, row), start);
    code_.store(code_.evaluate(form_.value), out_, index(start));
  });
  end_row();
}

// With n channels, s = x normalised, g = dz * weight:
//   dx = inverse * (g - sum(g) / n - s * sum(g * s) / n), of RMSNorm without the first sum.
void NormGenerator::backward(const std::string& name) {
  begin(name);
  Value* dy_rows = code_.pointer(offsetof(NormBlock, dy));
  Value* workspace = code_.pointer(offsetof(NormBlock, workspace));
  Value* one = code_.math().splat(1);
  begin_row();
  const Statistics row{rows_.splat_at(mean_, row_.index), rows_.splat_at(inverse_, row_.index)};
  const std::vector<Value*> sums = rows_.sums(2, [&](Value* start) {
    Value* s = normalised(start, row);
    set_input(s, start);
    Value* dy = code_.load(dy_rows, index(start));
    Value* dz = builder_.CreateFMul(dy, code_.evaluate(form_.derivative));
    add_to_sum(0, start, dz, s);
    add_to_sum(1, start, dz, one);
    for (std::size_t i = 0; i < form_.parameter_derivatives.size(); ++i) {
      add_to_sum(2 + i, start, dy, code_.evaluate(form_.parameter_derivatives[i]));
    }
    Value* g = builder_.CreateFMul(dz, code_.load_float(weight_, start));
    builder_.CreateAlignedStore(g, code_.float_address(workspace, start), llvm::Align(4));
    return std::vector{g, builder_.CreateFMul(g, s)};
  });
  Value* mean_g = rows_.splat(divided_by_count(sums[0]));
  Value* mean_gs = rows_.splat(divided_by_count(sums[1]));
  rows_.for_each_vector([&](Value* start) {
    Value* g = code_.load_float(workspace, start);
    if (kind_ == NormKind::kLayer) g = builder_.CreateFSub(g, mean_g);
    Value* share = builder_.CreateFMul(normalised(start, row), mean_gs);
    Value* dx = builder_.CreateFMul(row.inverse, builder_.CreateFSub(g, share));
    code_.store(dx, out_, index(start));
  });
  end_row();
}

}  // namespace

Generator norm_generator(NormKind kind, const FunctionForm& form, DType dtype) {
  return [&form, kind, dtype](llvm::Module& module, const VectorTarget& target,
                              std::span<const std::string> names) {
    NormGenerator(module, dtype, target, kind, form).forward(names[0]);
    NormGenerator(module, dtype, target, kind, form).backward(names[1]);
  };
}

}  // namespace nonlin
