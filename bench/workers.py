# Children trained by benchmarks as a search trains its candidates: by the same worker processes, in
# the words of the trial protocol (docs/protocol.md).
import json
import os
import subprocess
import sys


class Worker:
    """A nonlin-train worker on a CPU of its own, as a search starts it. It dies with the thread that
    started it. `idle`: it runs only while nobody else wants its CPU."""

    def __init__(self, executable, cpu, data=(), idle=False):
        command = [str(executable), "worker"]
        for folder in data:
            command += ["--data", folder]

        def settle():
            os.sched_setaffinity(0, {cpu})
            if idle:
                os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))

        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, preexec_fn=settle)
        self.read()  # "ready"

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("a worker ended early; its own words stand above")
        return json.loads(line)

    def train(self, request):
        """The last message about a trial: "done" or "failed"."""
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        while True:
            message = self.read()
            if message["type"] != "progress":
                return message

    def cpu_seconds(self):
        """Of the process so far, to a hundredth; does not run while others have the CPU."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def chosen_dtype(executable, task, data=()):
    """What a search would take here, as nonlin-train itself decides it."""
    command = [str(executable), "train", "relu", "--task", task, "--steps", "1", "--threads", "1",
               "--json"]
    for folder in data:
        command += ["--data", folder]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.stderr.write(done.stderr)
        sys.exit(1)
    return json.loads(done.stdout)["dtype"]
