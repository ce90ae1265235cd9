// The one door to LibTorch. Its headers take 15 seconds to read: only what needs tensors comes
// here.
#pragma once

#include <torch/torch.h>
