"""The functions that benchmarks of speed are run on, each as nonlin reads it, as PyTorch has it
built in, and as its user composes it of PyTorch's ops.

    /usr/bin/python3 bench/functions.py          prints the table
    /usr/bin/python3 bench/functions.py --draw   draws the ten random functions again

Ready-made functions: those that PyTorch has an op for. Paper: the eight that Ramachandran, Zoph and
Le 2017 found (Tables 1 and 2), and x*min(1, e^x). Random: ten of two core units of the paper's
space, drawn with the seed below from its operations without trainable parameters; a draw that is
not finite, nearly constant or huge on inputs from N(0, 1) is drawn again, since no search would
train it for long.
"""
import random
import re
import sys
from dataclasses import dataclass
from typing import Callable, Optional

try:
    import torch
    import torch.nn.functional as F
except ImportError:  # The table can be read without PyTorch; only calling its functions needs it.
    torch = F = None

TRANSCENDENTAL = {"exp", "log", "sin", "cos", "sinh", "cosh", "tanh", "asinh", "atan", "sinc",
                  "sigmoid", "softplus", "erf", "erfc", "expm1"}


@dataclass(frozen=True)
class Function:
    key: str  # A word, for command lines and JSON.
    title: str
    group: str  # "ready-made", "paper" or "random".
    expression: str  # For nonlin.
    composite: Callable  # Of PyTorch's elementary ops, each a pass over memory of its own.
    native: Optional[Callable] = None  # PyTorch's own op.

    @property
    def transcendental_calls(self):
        """Distinct calls of transcendental functions in the value."""
        return len(set(calls_of(self.expression)))


def calls_of(expression):
    """Every call of a transcendental function with its argument, as text."""
    for match in re.finditer(r"([a-z]\w*)\(", expression):
        if match.group(1) not in TRANSCENDENTAL:
            continue
        depth, end = 0, match.end() - 1
        while True:
            depth += {"(": 1, ")": -1}.get(expression[end], 0)
            end += 1
            if depth == 0:
                break
        yield expression[match.start():end]


def zero(x):
    return torch.zeros((), dtype=x.dtype)


# --- the paper's core units, for the random functions ---------------------------------------------

# How nonlin writes it, and how PyTorch composes it; @ is the argument, @1 and @2 are two.
UNARY = {
    "identity": ("@", lambda x: x),
    "negative": ("-@", lambda x: -x),
    "abs": ("abs(@)", lambda x: torch.abs(x)),
    "square": ("@^2", lambda x: x * x),
    "cube": ("@^3", lambda x: x * x * x),
    "exp": ("exp(@)", lambda x: torch.exp(x)),
    "sin": ("sin(@)", lambda x: torch.sin(x)),
    "cos": ("cos(@)", lambda x: torch.cos(x)),
    "sinh": ("sinh(@)", lambda x: torch.sinh(x)),
    "cosh": ("cosh(@)", lambda x: torch.cosh(x)),
    "tanh": ("tanh(@)", lambda x: torch.tanh(x)),
    "asinh": ("asinh(@)", lambda x: torch.asinh(x)),
    "atan": ("atan(@)", lambda x: torch.atan(x)),
    "sinc": ("sinc(@)", lambda x: torch.sinc(x)),
    "relu": ("max(@, 0)", lambda x: torch.clamp(x, min=0)),
    "negative_part": ("min(@, 0)", lambda x: torch.clamp(x, max=0)),
    "sigmoid": ("sigmoid(@)", lambda x: torch.sigmoid(x)),
    "softplus": ("log(1 + exp(@))", lambda x: torch.log(1 + torch.exp(x))),
    "gauss": ("exp(-@^2)", lambda x: torch.exp(-(x * x))),
    "erf": ("erf(@)", lambda x: torch.erf(x)),
}
BINARY = {
    "add": ("@1 + @2", lambda a, b: a + b),
    "multiply": ("@1*@2", lambda a, b: a * b),
    "subtract": ("@1 - @2", lambda a, b: a - b),
    "max": ("max(@1, @2)", lambda a, b: torch.maximum(a, b)),
    "min": ("min(@1, @2)", lambda a, b: torch.minimum(a, b)),
    "gate": ("sigmoid(@1)*@2", lambda a, b: torch.sigmoid(a) * b),
    "gauss": ("exp(-(@1 - @2)^2)", lambda a, b: torch.exp(-((a - b) * (a - b)))),
    "laplace": ("exp(-abs(@1 - @2))", lambda a, b: torch.exp(-torch.abs(a - b))),
}


def is_one_word(text):
    """True where nothing can come apart: x, or one call."""
    call = re.match(r"\w+\(", text)
    if not call:
        return text.isalnum()
    depth = 1
    for place in range(call.end(), len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place == len(text) - 1
    return False


def insert(pattern, place, text):
    """`text` at `place`, in brackets unless it stands between brackets or commas anyway."""
    alone = re.search(r"[(,]\s*" + place + r"\s*[),]", pattern)
    return pattern.replace(place, text if alone or is_one_word(text) else f"({text})")


def unit(binary, first, second):
    """One core unit as (text, function) of two inputs given as (text, function)."""
    def unary(name, argument):
        pattern, apply = UNARY[name]
        text, value = argument
        return insert(pattern, "@", text), lambda x: apply(value(x))

    (a_text, a), (b_text, b) = unary(*first), unary(*second)
    pattern, apply = BINARY[binary]
    text = insert(insert(pattern, "@1", a_text), "@2", b_text)
    return text, lambda x: apply(a(x), b(x))


INPUT = ("x", lambda x: x)


def two_units(inner, outer, second_input):
    """b2(u3(unit), u4(x or unit)) as (text, function), where unit = b1(u1(x), u2(x))."""
    b1, u1, u2 = inner
    b2, u3, u4 = outer
    first = unit(b1, (u1, INPUT), (u2, INPUT))
    return unit(b2, (u3, first), (u4, INPUT if second_input == "x" else first))


DRAWN = [
    (('max', 'cosh', 'square'), ('gauss', 'negative_part', 'cube'), 'x'),
    (('multiply', 'identity', 'atan'), ('min', 'negative', 'cos'), 'unit'),
    (('min', 'exp', 'square'), ('min', 'sin', 'identity'), 'unit'),
    (('min', 'sin', 'exp'), ('min', 'cosh', 'asinh'), 'x'),
    (('gate', 'atan', 'sigmoid'), ('max', 'exp', 'cos'), 'unit'),
    (('min', 'abs', 'softplus'), ('min', 'identity', 'cosh'), 'unit'),
    (('max', 'sinc', 'sinc'), ('min', 'sinc', 'relu'), 'x'),
    (('min', 'sigmoid', 'softplus'), ('laplace', 'tanh', 'cube'), 'x'),
    (('gauss', 'gauss', 'tanh'), ('max', 'tanh', 'square'), 'x'),
    (('min', 'relu', 'identity'), ('add', 'asinh', 'abs'), 'unit'),
]


def draw(count, seed):
    """`count` draws as rows of DRAWN."""
    source = random.Random(seed)
    torch.manual_seed(seed)
    x = torch.randn(20000, dtype=torch.float64)
    rows = []
    while len(rows) < count:
        pick = lambda: (source.choice(list(BINARY)), source.choice(list(UNARY)),  # noqa: E731
                        source.choice(list(UNARY)))
        row = (pick(), pick(), source.choice(["x", "unit"]))
        y = two_units(*row)[1](x)
        if torch.isfinite(y).all() and y.std() > 0.1 and y.abs().max() < 100:
            rows.append(row)
    return rows


# --- the table ------------------------------------------------------------------------------------

# Elementary ops of PyTorch, tanh among them, are their own composites.
def softplus_composite(x):
    return torch.log(1 + torch.exp(x))


TABLE = [
    Function("relu", "ReLU", "ready-made", "max(x, 0)",
             lambda x: torch.maximum(x, zero(x)), lambda x: F.relu(x)),
    Function("silu", "SiLU (Swish)", "ready-made", "x*sigmoid(x)",
             lambda x: x * torch.sigmoid(x), lambda x: F.silu(x)),
    Function("gelu", "GELU", "ready-made", "x*erfc(-x/sqrt(2))/2",
             lambda x: 0.5 * x * (1 + torch.erf(x * 0.7071067811865476)), lambda x: F.gelu(x)),
    Function("tanh", "tanh", "ready-made", "tanh(x)",
             lambda x: torch.tanh(x), lambda x: torch.tanh(x)),
    Function("softplus", "softplus", "ready-made", "softplus(x)",
             softplus_composite, lambda x: F.softplus(x)),
    Function("mish", "Mish", "ready-made", "x*tanh(softplus(x))",
             lambda x: x * torch.tanh(softplus_composite(x)), lambda x: F.mish(x)),
    Function("elu", "ELU", "ready-made", "max(x, 0) + expm1(min(x, 0))",
             lambda x: torch.clamp(x, min=0) + torch.expm1(torch.clamp(x, max=0)),
             lambda x: F.elu(x)),
    # nonlin trains beta, one per channel, and computes its gradient; PyTorch has it as a number.
    Function("swish", "Swish, trained beta", "paper", "x*sigmoid(beta*x)",
             lambda x: x * torch.sigmoid(1.0 * x)),
    Function("max_x_sigmoid", "max(x, sigmoid(x))", "paper", "max(x, sigmoid(x))",
             lambda x: torch.maximum(x, torch.sigmoid(x))),
    Function("cos_minus_x", "cos(x) - x", "paper", "cos(x) - x", lambda x: torch.cos(x) - x),
    Function("min_x_sin", "min(x, sin(x))", "paper", "min(x, sin(x))",
             lambda x: torch.minimum(x, torch.sin(x))),
    Function("atan_squared_minus_x", "atan(x)^2 - x", "paper", "atan(x)^2 - x",
             lambda x: torch.atan(x) ** 2 - x),
    Function("max_x_tanh", "max(x, tanh(x))", "paper", "max(x, tanh(x))",
             lambda x: torch.maximum(x, torch.tanh(x))),
    Function("sinc_plus_x", "sinc(x) + x", "paper", "sinc(x) + x", lambda x: torch.sinc(x) + x),
    Function("x_asinh_squared", "x*asinh(x)^2", "paper", "x*asinh(x)^2",
             lambda x: x * torch.asinh(x) ** 2),
    Function("x_min_exp", "x*min(1, e^x)", "paper", "max(x, x*exp(-abs(x)))",
             lambda x: torch.maximum(x, x * torch.exp(-torch.abs(x)))),
]
for number, row in enumerate(DRAWN):
    TABLE.append(Function(f"random{number}", two_units(*row)[0], "random", *two_units(*row)))

BY_KEY = {function.key: function for function in TABLE}


def main():
    if "--draw" in sys.argv[1:]:
        for row in draw(10, seed=4):
            print(f"    {row},")
        return
    for function in TABLE:
        print(f"{function.key:22}{function.transcendental_calls:3}  {function.expression}")


if __name__ == "__main__":
    main()
