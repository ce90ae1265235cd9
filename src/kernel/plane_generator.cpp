#include "kernel/plane_generator.h"

#include <cstddef>
#include <vector>

#include "kernel/row_code.h"
#include "kernel/vector_code.h"

namespace nonlin {
namespace {

using llvm::Value;

// Generates one function: a loop over rows, whose scalars are spread over all lanes, around one
// over the vectors of a row.
class PlaneGenerator {
 public:
  PlaneGenerator(llvm::Module& module, DType dtype, const VectorTarget& target,
                 const FunctionForm& form)
      : code_(module, dtype, target), rows_(code_), builder_(code_.builder()), form_(form) {}

  void generate(PlanePass pass, const std::string& name);

 private:
  void begin_row();
  void set_input(Value* start);
  Value* load(Value* base, Value* start) {
    return code_.load(base, builder_.CreateAdd(row_start_, start));
  }
  void store(Value* value, Value* start) {
    code_.store(value, out_, builder_.CreateAdd(row_start_, start));
  }
  Value* table_index(std::size_t quantity);
  void set_sums(const std::vector<Value*>& sums);

  void forward_row();
  void backward_row();
  void moments_row();
  void combine_row();

  VectorCode code_;
  RowCode rows_;
  llvm::IRBuilder<>& builder_;
  const FunctionForm& form_;

  Value *x_ = nullptr, *residual_ = nullptr, *dy_ = nullptr, *out_ = nullptr, *sums_ = nullptr;
  Value *residual_mask_ = nullptr, *stride_ = nullptr, *table_stride_ = nullptr;
  Value *scale_ = nullptr, *shift_ = nullptr, *center_ = nullptr;  // Of the row at hand.
  VectorCode::Loop row_{};
  Value* row_start_ = nullptr;
  Value* loaded_x_ = nullptr;
};

void PlaneGenerator::generate(PlanePass pass, const std::string& name) {
  code_.begin_function(name);
  rows_.begin(offsetof(PlaneBlock, columns), offsetof(PlaneBlock, masks));
  x_ = code_.pointer(offsetof(PlaneBlock, x));
  residual_ = code_.pointer(offsetof(PlaneBlock, residual));
  dy_ = code_.pointer(offsetof(PlaneBlock, dy));
  out_ = code_.pointer(offsetof(PlaneBlock, out));
  sums_ = code_.pointer(offsetof(PlaneBlock, sums));
  residual_mask_ = code_.count(offsetof(PlaneBlock, residual_mask));
  stride_ = code_.count(offsetof(PlaneBlock, stride));
  table_stride_ = code_.count(offsetof(PlaneBlock, table_stride));
  begin_row();
  switch (pass) {
    case PlanePass::kForward: forward_row(); break;
    case PlanePass::kBackward: backward_row(); break;
    case PlanePass::kMoments: moments_row(); break;
    case PlanePass::kCombine: combine_row(); break;
  }
  code_.end_loop(row_, code_.count(offsetof(PlaneBlock, rows)));
  code_.end_function();
}

Value* PlaneGenerator::table_index(std::size_t quantity) {
  return builder_.CreateAdd(row_.index,
                            builder_.CreateMul(table_stride_, builder_.getInt64(quantity)));
}

void PlaneGenerator::begin_row() {
  row_ = code_.begin_loop("row");
  row_start_ = builder_.CreateMul(row_.index, stride_);
  const auto scalar = [&](std::size_t table) {
    return rows_.splat_at(code_.pointer(table), row_.index);
  };
  scale_ = scalar(offsetof(PlaneBlock, scale));
  shift_ = scalar(offsetof(PlaneBlock, shift));
  center_ = scalar(offsetof(PlaneBlock, center));
  std::vector<Value*> values;
  for (std::size_t i = 0; i < form_.parameters.size(); ++i) {
    values.push_back(
        rows_.splat_at(code_.pointer(offsetof(PlaneBlock, parameters)), table_index(i)));
  }
  code_.set_parameters(form_.parameters, values);
}

void PlaneGenerator::set_input(Value* start) {
  loaded_x_ = load(x_, start);
  Value* residual = code_.load(
      residual_, builder_.CreateAnd(builder_.CreateAdd(row_start_, start), residual_mask_));
  Value* affine = code_.math().multiply_add(loaded_x_, scale_, shift_);
  code_.set_input(builder_.CreateFAdd(affine, residual));
}

void PlaneGenerator::set_sums(const std::vector<Value*>& sums) {
  for (std::size_t i = 0; i < sums.size(); ++i) {
    rows_.store_scalar(sums[i], sums_, table_index(i));
  }
}

void PlaneGenerator::forward_row() {
  rows_.for_each_vector([&](Value* start) {
    set_input(start);
    store(code_.evaluate(form_.value), start);
  });
}

void PlaneGenerator::backward_row() {
  const std::vector<Expr>& slopes = form_.parameter_derivatives;
  set_sums(rows_.sums(2 + slopes.size(), [&](Value* start) {
    set_input(start);
    Value* dy = load(dy_, start);
    Value* dz = builder_.CreateFMul(dy, code_.evaluate(form_.derivative));
    std::vector<Value*> addends = {
        dz, builder_.CreateFMul(dz, builder_.CreateFSub(loaded_x_, center_))};
    for (const Expr& slope : slopes) {
      addends.push_back(builder_.CreateFMul(dy, code_.evaluate(slope)));
    }
    store(dz, start);
    return addends;
  }));
}

void PlaneGenerator::moments_row() {
  set_sums(rows_.sums(2, [&](Value* start) {
    Value* difference = builder_.CreateFSub(load(x_, start), center_);
    return std::vector{difference, builder_.CreateFMul(difference, difference)};
  }));
}

void PlaneGenerator::combine_row() {
  rows_.for_each_vector([&](Value* start) {
    Value* of_x = code_.math().multiply_add(shift_, load(x_, start), center_);
    store(code_.math().multiply_add(scale_, load(dy_, start), of_x), start);
  });
}

}  // namespace

Generator plane_generator(const FunctionForm& form, DType dtype) {
  return [&form, dtype](llvm::Module& module, const VectorTarget& target,
                        std::span<const std::string> names) {
    for (std::size_t i = 0; i < kPlanePasses; ++i) {
      PlaneGenerator(module, dtype, target, form).generate(static_cast<PlanePass>(i), names[i]);
    }
  };
}

}  // namespace nonlin
