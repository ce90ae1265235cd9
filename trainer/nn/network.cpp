#include "trainer/nn/network.h"

#include "trainer/nn/engines.h"

namespace nonlin {

std::unique_ptr<Network> make_network(EngineKind engine, const NetworkConfig& config,
                                      Compiler& compiler) {
  if (config.dtype == DType::kBFloat16 && !bfloat16_supported()) {
    throw Error(ErrorCode::kUnsupported, "this machine has no bfloat16 convolutions",
                "use float32; bfloat16 needs AVX-512");
  }
  switch (engine) {
    case EngineKind::kPlan: return make_plan_network(config, compiler);
    case EngineKind::kTorch: return make_torch_network(config, compiler);
  }
  throw Error(ErrorCode::kInternal, "no such engine");
}

}  // namespace nonlin
