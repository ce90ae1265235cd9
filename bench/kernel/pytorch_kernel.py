"""PyTorch's side of bench/kernel: native ops where there are, and composites of its elementary ops.
Speaks lines with bench/kernel/run; every command is answered with one line:

    arrays DTYPE ELEMENTS     x and dy are filled as in ours.cpp
    function KEY              a row of bench/functions.py
    check VALUES              nonlin's sample against float64: "agrees", or what does not
    native_forward N, native_backward N, eager_forward N, eager_backward N     N times in seconds

The backward of a native op is that op; of a composite, autograd on a graph whose forward is not
measured. Nobody frees pages in between (bench/kernel/run says so to glibc), so that results are
written to memory that was written before. Argument: the number of threads.
"""
import sys
import time
from pathlib import Path

import numpy
import torch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import functions  # noqa: E402

aten = torch.ops.aten

# dx of x, y and dy, as PyTorch's own autograd calls it.
NATIVE_BACKWARD = {
    "relu": lambda x, y, dy: aten.threshold_backward(dy, y, 0),
    "silu": lambda x, y, dy: aten.silu_backward(dy, x),
    "gelu": lambda x, y, dy: aten.gelu_backward(dy, x),
    "tanh": lambda x, y, dy: aten.tanh_backward(dy, y),
    "softplus": lambda x, y, dy: aten.softplus_backward(dy, x, 1, 20),
    "mish": lambda x, y, dy: aten.mish_backward(dy, x),
    "elu": lambda x, y, dy: aten.elu_backward(dy, 1, 1, 1, False, x),
}
MOST_KINKS = 0.002  # The share of a sample that may lie on a kink, where either slope is right.


def numbers(elements, factor):
    """As from N(0, 1): sums of four uniform numbers, as in ours.cpp."""
    out = numpy.empty(elements, dtype=numpy.float32)
    for start in range(0, elements, 1 << 22):
        stop = min(start + (1 << 22), elements)
        index = numpy.arange(start, stop, dtype=numpy.uint32)
        total = numpy.zeros(stop - start, dtype=numpy.uint32)
        for term in range(1, 5):
            hashes = (index * numpy.uint32(4) + numpy.uint32(term)) * numpy.uint32(factor)
            hashes = (hashes ^ (hashes >> numpy.uint32(15))) * numpy.uint32(2246822519)
            total += (hashes ^ (hashes >> numpy.uint32(13))) >> numpy.uint32(16)
        out[start:stop] = ((total.astype(numpy.float32) - numpy.float32(131070))
                           / numpy.float32(37837))
    return torch.from_numpy(out)


class Bench:
    def __init__(self):
        self.x = self.dy = self.function = None
        self.has_native = False
        self.graph = None  # x and the eager result that belongs to it.
        self.y = None

    def answer(self, line):
        command, _, rest = line.partition(" ")
        if command == "arrays":
            dtype, elements = rest.split()
            self.forget()
            self.x = self.dy = None
            self.x = numbers(int(elements), 2654435761).to(getattr(torch, dtype))
            self.dy = numbers(int(elements), 3266489917).to(getattr(torch, dtype))
            return "ready"
        if command == "function":
            self.forget()
            self.function = functions.BY_KEY[rest]
            self.has_native = self.native_exists()
            return "ready" + (" native" if self.has_native else "")
        if command == "check":
            return self.check([float(word) for word in rest.split()])
        what, _, direction = command.partition("_")
        if direction == "forward":
            self.forget()
        times = []
        for _ in range(int(rest)):
            work = getattr(self, f"{what}_{direction}")()
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
        return " ".join(f"{seconds:.9f}" for seconds in times)

    def native_exists(self):
        """Whether PyTorch has an op for the function, and has it for this type."""
        if not self.function.native:
            return False
        x = self.x[:16]
        try:
            NATIVE_BACKWARD[self.function.key](x, self.function.native(x), x)
        except RuntimeError as error:
            if "not implemented for" not in str(error):
                raise
            return False
        return True

    def forget(self):
        self.graph = self.y = None

    def native_forward(self):
        def work():
            with torch.no_grad():
                self.function.native(self.x)
        return work

    def eager_forward(self):
        def work():
            with torch.no_grad():
                self.function.composite(self.x)
        return work

    def native_backward(self):
        if self.y is None:
            self.forget()
            with torch.no_grad():
                self.y = self.function.native(self.x)
        backward = NATIVE_BACKWARD[self.function.key]
        return lambda: backward(self.x, self.y, self.dy)

    def eager_backward(self):
        if self.graph is None:
            self.forget()
            x = self.x.detach().requires_grad_()
            self.graph = x, self.function.composite(x)
        x, y = self.graph
        return lambda: torch.autograd.grad(y, x, self.dy, retain_graph=True)

    def check(self, sample):
        """Values and gradients against the composite in float64 on the same inputs; at most
        MOST_KINKS of them may differ. PyTorch's own ops are held against it likewise."""
        count = len(sample) // 2
        narrow = self.x.dtype == torch.bfloat16
        got = torch.tensor(sample, dtype=torch.float64).reshape(2, count)
        x = self.x[:count].double().requires_grad_()
        dy = self.dy[:count].double()
        y = self.function.composite(x)
        want = torch.stack([y, torch.autograd.grad(y, x, dy)[0]]).detach()
        subjects = {"nonlin": got}
        if self.has_native:
            native_y = self.function.native(self.x[:count])
            native_dx = NATIVE_BACKWARD[self.function.key](self.x[:count], native_y,
                                                           self.dy[:count])
            subjects["PyTorch"] = torch.stack([native_y, native_dx]).double()
        for name, results in subjects.items():
            # PyTorch's bfloat16 ops round what they compute in between as well.
            unit = (2 ** -7 if name == "nonlin" else 2 ** -5) if narrow else 2e-5
            tolerance = unit * (1 + want.abs())
            wrong = ((results - want).abs() > tolerance) | results.isnan()
            wrong &= (x.detach() != 0)  # Where ReLU's slope is a convention.
            if wrong.double().mean(1).max() > MOST_KINKS:
                where, i = (int(place) for place in wrong.nonzero()[0])
                return (f"{name}'s {('value', 'gradient')[where]} of {self.function.key} at "
                        f"{float(x[i])} is {float(results[where, i])}, not {float(want[where, i])}")
        return "agrees"


def main():
    torch.set_num_threads(int(sys.argv[1]))
    bench = Bench()
    print(f"ready {torch.__version__}", flush=True)
    for line in sys.stdin:
        print(bench.answer(line.strip()), flush=True)


main()
