"""Starting programs and saying what they took."""

import os
import platform
import statistics
import subprocess
import sys
import time


class Took:
    """What one program took, its children included."""

    def __init__(self, seconds, usage, status):
        self.seconds = seconds
        self.cpu_seconds = usage.ru_utime + usage.ru_stime
        self.peak_megabytes = usage.ru_maxrss / 1024  # of the largest process of them, not their sum
        self.status = status


def run(command, **options):
    """Runs a command to its end; its output is thrown away unless `options` say otherwise."""
    options.setdefault("stdout", subprocess.DEVNULL)
    options.setdefault("stderr", subprocess.DEVNULL)
    started = time.perf_counter()
    child = subprocess.Popen(command, **options)
    try:
        _, status, usage = os.wait4(child.pid, 0)
    except KeyboardInterrupt:
        child.terminate()
        raise
    child.returncode = os.waitstatus_to_exitcode(status)
    return Took(time.perf_counter() - started, usage, child.returncode)


def median(values):
    return statistics.median(values)


def spread(values, form):
    """Median, and from where to where: `1.31 (1.28 to 1.35)`."""
    if len(values) == 1:
        return format(values[0], form)
    return f"{median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def table(heading, rows):
    widths = [max(len(str(row[column])) for row in [heading, *rows]) for column in range(len(heading))]
    for row in [heading, ["-" * width for width in widths], *rows]:
        print("  ".join(str(cell).ljust(width) for cell, width in zip(row, widths)).rstrip())


def machine():
    model = ""
    try:
        with open("/proc/cpuinfo") as lines:
            model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")
    except OSError:
        pass
    return f"{model or platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"


def say(text):
    print(text, file=sys.stderr, flush=True)
