# The competitor: the child network of ours.cpp in PyTorch, as a careful user writes it. ResNet-20
# (He et al. 2016, section 4.2, option-A shortcuts), batch 128 of 32x32x3 images, channels-last, SGD
# with momentum 0.9 and weight decay 1e-4. In bfloat16 the weights themselves are bfloat16, which is
# faster than torch.autocast: that converts them in every step.
#
# Speaks lines with bench/child_step/run: "NAME STEPS" in, that many seconds per step out.
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

BATCH, SIZE, CLASSES = 128, 32, 10


def composite(x):
    return torch.maximum(x, x * torch.exp(-torch.abs(x)))


ACTIVATIONS = {"relu": F.relu, "silu": F.silu, "composite": composite}


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


class ResNet20(nn.Module):
    def __init__(self, activation):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.norm = nn.BatchNorm2d(16)
        self.activation = activation
        blocks, channels_in = [], 16
        for channels in (16, 32, 64):
            for i in range(3):
                stride = 2 if channels != 16 and i == 0 else 1
                blocks.append(Block(channels_in, channels, stride, activation))
                channels_in = channels
        self.blocks = nn.Sequential(*blocks)
        self.linear = nn.Linear(64, CLASSES)

    def forward(self, x):
        x = self.blocks(self.activation(self.norm(self.conv(x))))
        return self.linear(x.mean((2, 3)))


class Child:
    def __init__(self, activation, dtype):
        torch.manual_seed(0)
        self.model = ResNet20(activation).to(dtype).to(memory_format=torch.channels_last)
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


def main():
    dtype = {"float32": torch.float32, "bfloat16": torch.bfloat16}[sys.argv[1]]
    torch.set_num_threads(int(sys.argv[2]))
    children = {name: Child(f, dtype) for name, f in ACTIVATIONS.items()}
    print("ready", torch.__version__, flush=True)
    for line in sys.stdin:
        name, steps = line.split()
        seconds = []
        for _ in range(int(steps)):
            start = time.perf_counter()
            children[name].step()
            seconds.append(time.perf_counter() - start)
        print(*seconds, flush=True)


main()
