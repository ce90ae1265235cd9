# The competitor: the child networks of ours.cpp in PyTorch, as a careful user writes them. ResNets of
# He et al. 2016, section 4.2, with option-A shortcuts; batch 128 of 32x32x3 images, channels-last, SGD
# with momentum 0.9 and weight decay 1e-4. In bfloat16 the weights themselves are bfloat16, which is
# faster than torch.autocast: that converts them in every step.
#
# Arguments: type, threads, network. Says "ready VERSION", then answers lines with lines, as ours.cpp
# does; what is added is "native" or "composite" and a key of bench/functions.py.
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import functions  # noqa: E402

BATCH, SIZE, CLASSES = 128, 32, 10
NETWORKS = {"resnet20": ((16, 32, 64), 3), "wrn": ((64, 128, 256), 1)}


class Block(nn.Module):
    def __init__(self, channels_in, channels, stride, activation):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.activation = activation
        self.stride = stride
        self.padding = channels - channels_in

    def forward(self, x):
        y = self.activation(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        if self.stride != 1 or self.padding:
            x = F.pad(x[:, :, :: self.stride, :: self.stride],
                      (0, 0, 0, 0, self.padding // 2, self.padding - self.padding // 2))
        return self.activation(y + x)


class ResNet(nn.Module):
    def __init__(self, widths, blocks_per_stage, activation):
        super().__init__()
        self.conv = nn.Conv2d(3, widths[0], 3, 1, 1, bias=False)
        self.norm = nn.BatchNorm2d(widths[0])
        self.activation = activation
        blocks, channels_in = [], widths[0]
        for stage, channels in enumerate(widths):
            for i in range(blocks_per_stage):
                stride = 2 if stage > 0 and i == 0 else 1
                blocks.append(Block(channels_in, channels, stride, activation))
                channels_in = channels
        self.blocks = nn.Sequential(*blocks)
        self.linear = nn.Linear(channels_in, CLASSES)

    def forward(self, x):
        x = self.blocks(self.activation(self.norm(self.conv(x))))
        return self.linear(x.mean((2, 3)))


class Child:
    def __init__(self, network, activation, dtype):
        torch.manual_seed(0)
        self.model = ResNet(*NETWORKS[network], activation).to(dtype).to(
            memory_format=torch.channels_last)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.01, momentum=0.9,
                                         weight_decay=1e-4)
        images = torch.randn(BATCH, 3, SIZE, SIZE)
        self.images = images.to(dtype).contiguous(memory_format=torch.channels_last)
        self.labels = torch.randint(CLASSES, (BATCH,))

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(self.model(self.images).float(), self.labels)
        loss.backward()
        self.optimizer.step()
        return loss.item()


def peak_resident_bytes():
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return 1024 * int(line.split()[1])
    raise RuntimeError("/proc/self/status has no VmHWM")


def timed_steps(child, count):
    seconds = []
    for _ in range(count):
        start = time.perf_counter()
        child.step()
        seconds.append(time.perf_counter() - start)
    return seconds


def main():
    dtype = {"float32": torch.float32, "bfloat16": torch.bfloat16}[sys.argv[1]]
    torch.set_num_threads(int(sys.argv[2]))
    network = sys.argv[3]
    children = {}
    print("ready", torch.__version__, flush=True)
    for line in sys.stdin:
        command, *words = line.split()
        if command == "add":
            key, form, function = words
            activation = getattr(functions.BY_KEY[function], form)
            children[key] = Child(network, activation, dtype)
            print("added", key, flush=True)
        elif command == "drop":
            del children[words[0]]
            print("dropped", words[0], flush=True)
        elif command == "memory":
            print(peak_resident_bytes(), flush=True)
        else:
            print(*timed_steps(children[command], int(words[0])), flush=True)


main()
