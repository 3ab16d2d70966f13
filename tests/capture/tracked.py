#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the tracker makes of the captures of ../shared.

usage: tracked.py TRACK_CAPTURES CAPTURES EXPECTED

EXPECTED has what was counted by hand of captures whose making is known. All others are only read: no message
may mean more events than fit. Exit code 77: skipped.
"""
import csv
import pathlib
import subprocess
import sys


def counts(program, path):
    done = subprocess.run([program, path], capture_output=True, check=False, text=True)
    if done.returncode:
        sys.exit(f"{path}: {done.stderr}")
    return dict(word.split("=") for word in done.stdout.split())


def complaints(program, folder, expected):
    for path in sorted(path for path in folder.rglob("*") if ".pcap" in path.name or path.suffix == ".cap"):
        found = counts(program, path)
        if found["crowded"] != "0" or found["evicted"] != "0":
            yield f"{path.name}: crowded {found['crowded']}, evicted {found['evicted']}"
        for name, value in expected.pop(path.name, {}).items():
            if value and found[name] != value:
                yield f"{path.name}: {name} is {found[name]}, not {value}"
    yield from (f"{name} is not there" for name in expected)


def main():
    program, folder, table = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    if not folder.is_dir():
        print(f"SKIPPED: {folder} is not there")
        return 77
    with open(table, encoding="utf-8") as rows:
        lines = [line for line in rows if not line.startswith("#")]
    expected = {row.pop("file"): row for row in csv.DictReader(lines, delimiter="\t")}
    found = list(complaints(program, folder, expected))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
