#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every error that the command finds in the captures of ../shared, and how it was read against the RFC.

usage: verdicts.py SIPCHECK CAPTURES TABLE [--update] [--profile=NAME]

TABLE has a row a capture and rule: how many findings of error level, the first of their frames, and
`reading`: why the accusation stands, by whoever read the message beside the RFC. A finding that is
new, gone or elsewhere fails the test until somebody has read it. --update writes the table anew and
keeps the readings; what nobody has read says UNREAD, and fails. With a profile TABLE holds what that
finds beyond the default one. Exit code 77: skipped.
"""
import collections
import csv
import difflib
import json
import os
import subprocess
import sys

COLUMNS = ["capture", "rule", "count", "frames", "reading"]
UNREAD = "UNREAD"
DEFAULT = "default"
FIRST = 3  # frames that a row names


def errors_of(program, path, profile):
    """rule -> frames"""
    done = subprocess.run([program, "audit", "--profile", profile, "--format", "ndjson", path],
                          capture_output=True, check=False)
    if done.returncode not in (0, 1, 4):
        sys.exit(f"{path}: exit code {done.returncode}\n{done.stderr.decode(errors='replace')}")
    found = collections.defaultdict(list)
    for line in done.stdout.decode("utf-8").splitlines():
        finding = json.loads(line)
        if finding.get("severity") == "error":
            found[finding["rule"]].append(finding["frame"])
    return found


def row_of(capture, rule, frames):
    first = sorted(set(frames))[:FIRST]
    return (capture, rule, str(len(frames)), " ".join(map(str, first)))


def rows_now(program, folder, profile):
    captures = sorted(os.path.relpath(os.path.join(at, name), folder)
                      for at, _, names in os.walk(folder) for name in names if "cap" in name)
    return [row_of(capture, rule, frames) for capture in captures
            for rule, frames in sorted(errors_of(program, os.path.join(folder, capture), profile).items())]


def rows_beyond(program, folder, profile):
    """What the profile finds and the default one does not."""
    known = set(rows_now(program, folder, DEFAULT))
    return [row for row in rows_now(program, folder, profile) if row not in known]


def read_table(path):
    with open(path, encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, COLUMNS, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]


def write_table(path, rows, readings):
    with open(path, "w", encoding="utf-8") as out:
        for row in [COLUMNS] + [[*row, readings.get(row[:2], UNREAD)] for row in rows]:
            out.write("\t".join(row) + "\n")


def difference(rows, table):
    told = ["\t".join(row[column] for column in COLUMNS[:4]) for row in table]
    found = ["\t".join(row) for row in rows]
    return list(difflib.unified_diff(told, found, "read before", "found now", n=0, lineterm=""))


def main():
    program, folder, path = sys.argv[1:4]
    if not os.path.isdir(folder):
        print(f"SKIPPED: no captures in {folder}")
        sys.exit(77)
    profiles = [word.removeprefix("--profile=") for word in sys.argv if word.startswith("--profile=")]
    rows = rows_beyond(program, folder, profiles[0]) if profiles else rows_now(program, folder, DEFAULT)
    table = read_table(path) if os.path.exists(path) else []
    if "--update" in sys.argv:
        write_table(path, rows, {(row["capture"], row["rule"]): row["reading"] for row in table})
        table = read_table(path)
    wrong = difference(rows, table)
    wrong += [f"{row['capture']} {row['rule']}: nobody has read it" for row in table
              if row["reading"] in (None, "", UNREAD)]
    print("\n".join(wrong + ["Read what is new beside the RFC, then: verdicts.py ... --update"] if wrong else
                    [f"{len(rows)} rows, {sum(int(row[2]) for row in rows)} errors, each as it was read"]))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
