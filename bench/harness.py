# What the benchmarks of this folder share: building what they measure, saying on what they measured
# it, and ending with one clear message.
import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def fail(message, hint):
    print(f"nonlin: {message}\n  {hint}", file=sys.stderr)
    sys.exit(1)


def build(preset, target):
    """The path of an executable, built by a CMake preset."""
    for command in (["cmake", "--preset", preset],
                    ["cmake", "--build", "--preset", preset, "--target", target]):
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True)
        if done.returncode != 0:
            sys.stderr.write(done.stdout)
            fail(f"'{' '.join(command)}' failed", "Its own words stand above.")
    return ROOT / "build" / preset / "bin" / target


def hardware():
    flags, name = [], platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            name = value.strip()
        elif key.strip() == "flags":
            flags = value.split()
    telling = ("avx2", "avx512f", "avx512_bf16", "amx_bf16")
    return {"cpu": name, "cpus": len(os.sched_getaffinity(0)),
            "instructions": [flag for flag in telling if flag in flags]}


def describe(machine):
    instructions = ", ".join(machine["instructions"]) or "none of note"
    return f"{machine['cpu']}, {machine['cpus']} CPUs ({instructions})"


def commit():
    """What is measured, or an empty string outside of a git checkout."""
    done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT,
                          capture_output=True, text=True)
    return done.stdout.strip()
