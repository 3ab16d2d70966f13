# SPDX-License-Identifier: MIT
"""Instructions that a generated message costs, against the figures in instructions.csv.

instructions.py DRIVER COMPILER [--update]

callgrind counts instructions, so a run is the same run on a busy machine. The figure depends on the compiler and on
which of its variants libc picks for the processor: both stand beside it, and where they differ nothing is compared.
"""

import csv
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

FIGURES = pathlib.Path(__file__).resolve().parent / "instructions.csv"
COLUMNS = ["what", "instructions", "compiler", "libc", "processor"]
TOLERANCE = 0.03
SKIPPED = 77


def skip(reason):
    print("SKIPPED:", reason)
    sys.exit(SKIPPED)


def counted(driver, what):
    """Instructions of a message."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "callgrind.out"
        command = ["valgrind", "--tool=callgrind", "--toggle-collect=measured*", f"--callgrind-out-file={out}", driver, what]
        try:
            run = subprocess.run(command, capture_output=True, text=True)
        except FileNotFoundError:
            skip("valgrind is not installed")
        if run.returncode:
            sys.exit(f"{' '.join(command)}\n{run.stdout}{run.stderr}")
        total = re.search(r"^(?:totals|summary): (\d+)", out.read_text(), re.M)
    messages = int(run.stdout.split()[0])
    return round(int(total.group(1)) / messages)


def circumstances(compiler):
    features = set()
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("flags"):
                features = {"avx2", "bmi2", "erms"} & set(line.split())
                break
    except OSError:
        pass
    return {"compiler": compiler, "libc": " ".join(platform.libc_ver()),
            "processor": " ".join([platform.machine(), *sorted(features)])}


def recorded():
    with FIGURES.open(encoding="utf-8", newline="") as file:
        return {row["what"]: row for row in csv.DictReader(file)}


def update(driver, here):
    with FIGURES.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        rows.writeheader()
        for what in ("parse", "rules", "calls", "alone"):
            figure = counted(driver, what)
            rows.writerow({"what": what, "instructions": figure, **here})
            print(f"{what}: {figure} instructions a message")


def compare(driver, here):
    failed = False
    for what, row in recorded().items():
        other = [name for name in here if row[name] != here[name]]
        if other:
            skip(f"the figures are for another {other[0]}: {row[other[0]]}, here {here[other[0]]}")
        figure, before = counted(driver, what), int(row["instructions"])
        change = figure / before - 1
        print(f"{what}: {figure} instructions a message, recorded {before} ({change:+.1%})")
        failed = failed or abs(change) > TOLERANCE
    if failed:
        print(f"More than {TOLERANCE:.0%} off. If that is meant (a rule was added, code got faster), record it:\n"
              "    ./dev instructions")
    sys.exit(1 if failed else 0)


def main(driver, compiler, *options):
    here = circumstances(compiler)
    update(driver, here) if options == ("--update",) else compare(driver, here)


if __name__ == "__main__":
    main(*sys.argv[1:])
