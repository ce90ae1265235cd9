# Two children of one thread each beside each other, against one child of two threads: how many steps
# a second two CPUs take together. A search trains one child per CPU.
import os
import statistics
import sys
import time

import harness
from competitors import Competitor

NETWORKS = ("fashion-small", "resnet20")
EXPRESSION = "max(x, x*exp(-|x|))"


def steps_per_second(competitors, count):
    """All take `count` steps at once."""
    start = time.monotonic()
    for competitor in competitors:
        competitor.send(f"child {count}")
    for competitor in competitors:
        competitor.read()
    return len(competitors) * count / (time.monotonic() - start)


def measure_network(executable, name, dtype, seconds):
    cpus = sorted(os.sched_getaffinity(0))[:2]
    ways = {"side_by_side": [Competitor([str(executable), dtype, "1", name], 1, {cpu})
                             for cpu in cpus],
            "two_threads": [Competitor([str(executable), dtype, "2", name], 2, set(cpus))]}
    for competitors in ways.values():
        for competitor in competitors:
            competitor.add("child", EXPRESSION)
    rates = {way: [] for way in ways}
    start = time.monotonic()
    while len(rates["two_threads"]) < 4 or time.monotonic() - start < seconds:
        for way, competitors in ways.items():
            # A turn of about half a second, and the first is not counted.
            count = max(4, int(0.25 * rates[way][-1])) if rates[way] else 4
            rates[way].append(steps_per_second(competitors, count))
    for competitors in ways.values():
        for competitor in competitors:
            competitor.end()
    result = {way: {"steps_per_second": statistics.median(values[1:]), "n": len(values) - 1,
                    "min": min(values[1:]), "max": max(values[1:])}
              for way, values in rates.items()}
    result["gain"] = (result["side_by_side"]["steps_per_second"]
                      / result["two_threads"]["steps_per_second"])
    return result


def measure(arguments):
    if len(os.sched_getaffinity(0)) < 2:
        harness.fail("two children side by side need two CPUs", "Run this with two CPUs or more.")
    executable = harness.build(arguments.preset, "child_step_ours")
    result = {}
    for name in NETWORKS:
        print(f"{name}: side by side", file=sys.stderr, flush=True)
        result[name] = measure_network(executable, name, arguments.dtype, 4 * arguments.seconds)
    return {"side_by_side": result, "expression": EXPRESSION, "hardware": harness.hardware(),
            "versions": {"nonlin": harness.commit()}}


def print_table(result):
    print(f"{harness.describe(result['hardware'])}; nonlin {result['versions']['nonlin']}; "
          f"{result['expression']}\n")
    print(f"{'steps per second on two CPUs':32}{'two children':>14}{'one of two threads':>20}"
          f"{'gain':>7}")
    for name, row in result["side_by_side"].items():
        print(f"{name:32}{row['side_by_side']['steps_per_second']:14.1f}"
              f"{row['two_threads']['steps_per_second']:20.1f}{row['gain']:7.2f}")
