# The competitor: the Transformer of transformer_ours.cpp in PyTorch, as a careful user writes it:
# one matrix for query, key and value, one for both halves of the gate, the mask added inside the
# matrix product. RMSNorm is composed, as PyTorch has none before 2.4. In bfloat16 the weights
# themselves are bfloat16, which is faster than torch.autocast: that converts them in every step.
#
# Arguments: type, threads. Says "ready VERSION", then answers lines with lines, as
# transformer_ours.cpp does; what is added is "native" or "composite" and a key of
# bench/functions.py.
import math
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import functions  # noqa: E402

BATCH, SEQUENCE, VOCABULARY = 16, 128, 1000
WIDTH, HEADS, LAYERS, FEED_FORWARD = 256, 4, 4, 688


class RMSNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(WIDTH))

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * self.weight


class Block(nn.Module):
    def __init__(self, activation):
        super().__init__()
        self.norm1, self.norm2 = RMSNorm(), RMSNorm()
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.attention_out = nn.Linear(WIDTH, WIDTH, bias=False)
        self.feed_forward_in = nn.Linear(WIDTH, 2 * FEED_FORWARD, bias=False)
        self.feed_forward_out = nn.Linear(FEED_FORWARD, WIDTH, bias=False)
        self.activation = activation

    def attention(self, x, mask):
        batch, length, _ = x.shape
        size = WIDTH // HEADS
        query, key, value = (self.query_key_value(x).view(batch, length, 3, HEADS, size)
                             .permute(2, 0, 3, 1, 4)
                             .reshape(3, batch * HEADS, length, size))
        scores = torch.baddbmm(mask, query, key.transpose(1, 2), alpha=1 / math.sqrt(size))
        mixed = torch.bmm(torch.softmax(scores, -1), value)
        mixed = mixed.view(batch, HEADS, length, size).transpose(1, 2).reshape(x.shape)
        return self.attention_out(mixed)

    def forward(self, x, mask):
        x = x + self.attention(self.norm1(x), mask)
        a, b = self.feed_forward_in(self.norm2(x)).chunk(2, -1)
        return x + self.feed_forward_out(self.activation(a) * b)


class Transformer(nn.Module):
    def __init__(self, activation):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Parameter(0.02 * torch.randn(SEQUENCE, WIDTH))
        self.blocks = nn.ModuleList([Block(activation) for _ in range(LAYERS)])
        self.norm = RMSNorm()
        self.head = nn.Linear(WIDTH, VOCABULARY, bias=False)
        mask = torch.full((SEQUENCE, SEQUENCE), -math.inf).triu(1)
        self.register_buffer("mask", mask)

    def forward(self, tokens):
        x = self.embedding(tokens) + self.positions
        for block in self.blocks:
            x = block(x, self.mask)
        return self.head(self.norm(x))


class Child:
    def __init__(self, activation, dtype):
        torch.manual_seed(0)
        self.model = Transformer(activation).to(dtype)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.01, momentum=0.9)
        self.tokens = torch.randint(VOCABULARY, (BATCH, SEQUENCE))
        self.targets = torch.randint(VOCABULARY, (BATCH * SEQUENCE,))

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        logits = self.model(self.tokens).view(-1, VOCABULARY)
        loss = F.cross_entropy(logits.float(), self.targets)
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
    children = {}
    print("ready", torch.__version__, flush=True)
    for line in sys.stdin:
        command, *words = line.split()
        if command == "add":
            key, form, function = words
            activation = getattr(functions.BY_KEY[function], form)
            children[key] = Child(activation, dtype)
            print("added", key, flush=True)
        elif command == "drop":
            del children[words[0]]
            print("dropped", words[0], flush=True)
        elif command == "memory":
            print(peak_resident_bytes(), flush=True)
        else:
            print(*timed_steps(children[command], int(words[0])), flush=True)


main()
