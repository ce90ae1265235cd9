# The processes that bench/child_step/run compares, and the turns they take.
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import harness  # noqa: E402

PYTHON = "/usr/bin/python3"  # Debian's python3-torch is a module of Debian's Python.
WARM_UP_STEPS = 2


def require_pytorch():
    if subprocess.run([PYTHON, "-c", "import torch"], capture_output=True).returncode != 0:
        harness.fail(f"{PYTHON} has no PyTorch to compare with", "apt-get install python3-torch")


class Competitor:
    """A process that holds networks and takes steps when it is asked to."""

    def __init__(self, command, threads, cpus=None):
        # A process that waits for its turn must not spin on the CPUs of the one whose turn it is.
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OMP_WAIT_POLICY="passive")
        pin = (lambda: os.sched_setaffinity(0, cpus)) if cpus else None
        self.name = Path(command[1] if command[0] == PYTHON else command[0]).name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=environment, preexec_fn=pin)
        self.greeting = self.read().split()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            harness.fail(f"{self.name} ended early", "Its own words stand above.")
        return line

    def send(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def ask(self, line):
        self.send(line)
        return self.read()

    def add(self, key, expression):
        self.ask(f"add {key} {expression}")

    def drop(self, key):
        self.ask(f"drop {key}")

    def steps(self, key, count):
        return [float(word) for word in self.ask(f"{key} {count}").split()]

    def memory(self):
        return int(self.ask("memory"))

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def take_turns(turns, seconds_each, steps):
    """Seconds of every step by key, from `turns`: key -> (competitor, its name for the network).
    Each round starts with another one; rounds go on until each had `seconds_each` on average, and
    for at least three."""
    for competitor, name in turns.values():
        competitor.steps(name, WARM_UP_STEPS)
    seconds = {key: [] for key in turns}
    keys = list(turns)
    start = time.monotonic()
    rounds = 0
    while rounds < 3 or time.monotonic() - start < seconds_each * len(keys):
        for key in keys[rounds % len(keys):] + keys[:rounds % len(keys)]:
            competitor, name = turns[key]
            seconds[key] += competitor.steps(name, steps)
        rounds += 1
    return seconds


def spread(seconds):
    lower, _, upper = statistics.quantiles(seconds, n=4)
    return {"n": len(seconds), "min": min(seconds), "lower_quartile": lower,
            "upper_quartile": upper, "max": max(seconds)}
