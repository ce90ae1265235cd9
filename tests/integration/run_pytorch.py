"""Runs exported modules: prints what they compute, and what they should not have done.

Reads cases.json in the current folder, where the modules lie too. Exit status 77: no PyTorch.
"""
import contextlib
import importlib
import io
import json
import runpy
import sys

try:
    import torch
except ImportError as error:
    print(error)
    sys.exit(77)

TYPES = {
    "float64": torch.float64,
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}


def hexes(tensor):
    return [value.hex() for value in tensor.detach().double().flatten().tolist()]


def elementwise(function, inputs, values, dtype):
    """Each input is a channel of its own, so that a parameter's gradient is one element's."""
    x = torch.tensor([inputs], dtype=torch.float64).to(dtype).requires_grad_()
    parameters = [
        torch.full((len(inputs),), value, dtype=dtype, requires_grad=True) for value in values
    ]
    y = function(x, *parameters)
    gradients = torch.autograd.grad(y, [x, *parameters], torch.ones_like(y))
    for tensor in [y, *gradients]:
        assert tensor.dtype == dtype, (tensor.dtype, dtype)
    assert y.shape == x.shape
    return {"x": hexes(x), "results": [hexes(y)] + [hexes(gradient) for gradient in gradients]}


def check_shapes(function, module_type, scopes, starts):
    """Gradients of a layer's parameters are sums, in the parameters' own shapes."""
    for shape in [(4, 3), (0, 3), (2, 3, 5), (2, 3, 4, 2)]:
        module = module_type(3) if "channel" in scopes else module_type()
        module = module.double()
        parameters = list(module.parameters())
        assert [list(p.shape) for p in parameters] == [
            [3] if scope == "channel" else [] for scope in scopes
        ]
        assert [p.flatten()[0].item() for p in parameters] == starts
        x = (torch.rand(shape, dtype=torch.float64) + 0.5).requires_grad_()
        # Channels of different values, and different ones for each parameter.
        for i, p in enumerate(parameters):
            p.data += 0.25 * i + 0.125 * torch.arange(p.numel()).reshape(p.shape)
        y = module(x)
        assert y.shape == x.shape
        weights = torch.rand(shape, dtype=torch.float64)
        (y * weights).sum().backward()
        # Channel by channel, elements side by side: every element has parameters of its own.
        for c in range(3):
            part = x.detach()[:, c].reshape(1, -1)
            own = [
                (p[c] if p.dim() else p).detach().expand(part.numel()).clone().requires_grad_()
                for p in parameters
            ]
            if part.numel() < 2:
                continue
            each = function(part, *own)
            torch.testing.assert_close(each.flatten(), y.detach()[:, c].reshape(-1))
            slopes = torch.autograd.grad(each, own, weights[:, c].reshape(1, -1)) if own else []
            for p, slope in zip(parameters, slopes):
                if p.dim():
                    torch.testing.assert_close(p.grad[c], slope.sum())
        for p in parameters:
            assert p.grad.shape == p.shape
    for shape in [(), (5,)]:
        module = module_type()
        y = module(torch.rand(shape) + 0.5)
        assert y.shape == shape
        if y.requires_grad:
            y.sum().backward()


def check_refusals(function, module_type, scopes):
    parameters = [torch.ones(()) for _ in scopes]
    try:
        function(torch.arange(6), *parameters)
        raise AssertionError("integers were taken")
    except TypeError as error:
        assert "floating-point" in str(error)
    if "channel" in scopes:
        try:
            module_type(4)(torch.ones(2, 3))
            raise AssertionError("four channels fitted three")
        except ValueError as error:
            assert "[4]" in str(error) and "[2, 3]" in str(error)


def check_mixed_types(function, scopes):
    """Parameters stay in float32 while a network computes in bfloat16."""
    parameters = [torch.full((), 0.75, requires_grad=True) for _ in scopes]
    x = (torch.rand(2, 3) + 0.5).to(torch.bfloat16).requires_grad_()
    y = function(x, *parameters)
    assert y.dtype == torch.bfloat16
    y.sum().backward()
    assert x.grad.dtype == torch.bfloat16
    for p in parameters:
        assert p.grad.dtype == torch.float32


def check_second_derivatives(function, scopes):
    x = (torch.rand(2, 3, dtype=torch.float64) + 0.3).requires_grad_()
    parameters = [torch.full((), 0.75, dtype=torch.float64, requires_grad=True) for _ in scopes]
    assert torch.autograd.gradgradcheck(function, (x, *parameters))


def check_catalogue(type_name, function_name):
    """The module of a known function can be used as it is."""
    module = importlib.import_module("known." + function_name)
    layer = getattr(module, type_name)()
    y = layer((torch.rand(2, 3) + 0.5).requires_grad_())
    assert torch.isfinite(y).all(), y
    y.sum().backward()
    assert callable(getattr(module, function_name))


def check(problems, name, what, *arguments):
    try:
        what(*arguments)
    except Exception as error:
        problems.append(f"{name}, {what.__name__}: {type(error).__name__}: {error}")


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    with open("cases.json") as file:
        plan = json.load(file)
    inputs = [float.fromhex(text) for text in plan["inputs"]]
    answer, problems = {}, []
    for case in plan["cases"]:
        name = case["name"]
        module = importlib.import_module(name.lower())
        function, module_type = getattr(module, name.lower()), getattr(module, name)
        answer[name] = {
            key: elementwise(function, inputs, case["values"], dtype)
            for key, dtype in TYPES.items()
        }
        check(problems, name, check_shapes, function, module_type, case["scopes"], case["starts"])
        check(problems, name, check_refusals, function, module_type, case["scopes"])
        check(problems, name, check_mixed_types, function, case["scopes"])
        if case["second"]:
            check(problems, name, check_second_derivatives, function, case["scopes"])
        with contextlib.redirect_stdout(io.StringIO()) as said:
            check(problems, name, runpy.run_path, name.lower() + ".py", None, "__main__")
        if "agree with finite differences" not in said.getvalue():
            problems.append(f"{name}: its own check did not pass")
    for type_name, function_name in plan["catalogue"]:
        check(problems, type_name, check_catalogue, type_name, function_name)
    json.dump({"answer": answer, "problems": problems, "torch": torch.__version__}, sys.stdout)


main()
