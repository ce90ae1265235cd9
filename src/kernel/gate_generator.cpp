#include "kernel/gate_generator.h"

#include <cstddef>
#include <vector>

#include "kernel/vector_code.h"

namespace nonlin {
namespace {

using llvm::Value;

// A loop over rows around one over their vectors; with parameters the other way round, so that a
// column's parameters and sums stay in registers while its rows go by.
class GateGenerator {
 public:
  GateGenerator(llvm::Module& module, DType dtype, const VectorTarget& target,
                const FunctionForm& form)
      : code_(module, dtype, target), builder_(code_.builder()), form_(form) {}

  void forward(const std::string& name);
  void backward(const std::string& name);

 private:
  struct Array {
    Value* base;
    Value* stride;
  };

  Array array(std::size_t base, std::size_t stride);
  void begin(const std::string& name);
  void begin_columns();
  void begin_rows();
  void end_rows();
  void end_columns();
  Value* load(const Array& from) { return code_.load(from.base, index(from)); }
  Value* index(const Array& of);
  std::vector<Value*> table(std::size_t offset);

  VectorCode code_;
  llvm::IRBuilder<>& builder_;
  const FunctionForm& form_;

  Array a_{}, b_{};
  VectorCode::Loop outer_{}, inner_{};
  Value *row_ = nullptr, *start_ = nullptr;  // Of the vector at hand: its row, its place there.
  llvm::BasicBlock* last_ = nullptr;         // Of the inner loop.
};

GateGenerator::Array GateGenerator::array(std::size_t base, std::size_t stride) {
  return {code_.pointer(base), code_.count(stride)};
}

void GateGenerator::begin(const std::string& name) {
  code_.begin_function(name);
  a_ = array(offsetof(GateBlock, a), offsetof(GateBlock, a_stride));
  b_ = array(offsetof(GateBlock, b), offsetof(GateBlock, b_stride));
}

void GateGenerator::begin_columns() {
  outer_ = code_.begin_loop("outer");
  if (form_.parameters.empty()) return;
  start_ = builder_.CreateMul(outer_.index, builder_.getInt64(code_.lanes()));
  code_.set_parameters(form_.parameters, table(offsetof(GateBlock, parameters)));
}

void GateGenerator::begin_rows() {
  inner_ = code_.begin_loop("inner");
  if (form_.parameters.empty()) {
    row_ = outer_.index;
    start_ = builder_.CreateMul(inner_.index, builder_.getInt64(code_.lanes()));
  } else {
    row_ = inner_.index;
  }
}

void GateGenerator::end_rows() {
  const bool rows_inside = !form_.parameters.empty();
  last_ = code_.end_loop(
      inner_, code_.count(rows_inside ? offsetof(GateBlock, rows) : offsetof(GateBlock, columns)));
}

void GateGenerator::end_columns() {
  const bool rows_inside = !form_.parameters.empty();
  code_.end_loop(
      outer_, code_.count(rows_inside ? offsetof(GateBlock, columns) : offsetof(GateBlock, rows)));
  code_.end_function();
}

Value* GateGenerator::index(const Array& of) {
  return builder_.CreateAdd(start_, builder_.CreateMul(row_, of.stride));
}

// Where each parameter has its table, at this column.
std::vector<Value*> GateGenerator::table(std::size_t offset) {
  Value* base = code_.pointer(offset);
  Value* length = builder_.CreateMul(code_.count(offsetof(GateBlock, columns)),
                                     builder_.getInt64(code_.lanes()));
  std::vector<Value*> values;
  Value* at = start_;
  for (std::size_t i = 0; i < form_.parameters.size(); ++i) {
    values.push_back(code_.load_float(base, at));
    at = builder_.CreateAdd(at, length);
  }
  return values;
}

void GateGenerator::forward(const std::string& name) {
  begin(name);
  const Array out = array(offsetof(GateBlock, out), offsetof(GateBlock, out_stride));
  begin_columns();
  begin_rows();
  code_.set_input(load(a_));
  Value* b = load(b_);
  code_.store(builder_.CreateFMul(code_.evaluate(form_.value), b), out.base, index(out));
  end_rows();
  end_columns();
}

void GateGenerator::backward(const std::string& name) {
  const std::vector<Expr>& slopes = form_.parameter_derivatives;
  begin(name);
  const Array dy_rows = array(offsetof(GateBlock, dy), offsetof(GateBlock, dy_stride));
  const Array out = array(offsetof(GateBlock, out), offsetof(GateBlock, out_stride));
  const Array out_b = array(offsetof(GateBlock, out_b), offsetof(GateBlock, out_b_stride));
  Value* sums_base = code_.pointer(offsetof(GateBlock, sums));
  begin_columns();
  const std::vector<Value*> so_far =
      slopes.empty() ? std::vector<Value*>{} : table(offsetof(GateBlock, sums));
  begin_rows();
  std::vector<llvm::PHINode*> sums;
  for (Value* sum : so_far) {
    sums.push_back(builder_.CreatePHI(code_.math().type(), 2));
    sums.back()->addIncoming(sum, inner_.before);
  }
  code_.set_input(load(a_));
  Value* b = load(b_);
  Value* dy = load(dy_rows);
  Value* to_f = builder_.CreateFMul(dy, b);
  Value* da = builder_.CreateFMul(to_f, code_.evaluate(form_.derivative));
  Value* db = builder_.CreateFMul(dy, code_.evaluate(form_.value));
  std::vector<Value*> next;
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    next.push_back(code_.math().multiply_add(to_f, code_.evaluate(slopes[i]), sums[i]));
  }
  code_.store(da, out.base, index(out));
  code_.store(db, out_b.base, index(out_b));
  end_rows();
  Value* length = builder_.CreateMul(code_.count(offsetof(GateBlock, columns)),
                                     builder_.getInt64(code_.lanes()));
  Value* at = start_;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    sums[i]->addIncoming(next[i], last_);
    builder_.CreateAlignedStore(next[i], code_.float_address(sums_base, at), llvm::Align(4));
    at = builder_.CreateAdd(at, length);
  }
  end_columns();
}

}  // namespace

Generator gate_generator(const FunctionForm& form, DType dtype) {
  return [&form, dtype](llvm::Module& module, const VectorTarget& target,
                        std::span<const std::string> names) {
    GateGenerator(module, dtype, target, form).forward(names[0]);
    GateGenerator(module, dtype, target, form).backward(names[1]);
  };
}

}  // namespace nonlin
