#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hold the SIP messages found in the captures of ../shared against tshark's, one by one.

usage: compare_captures.py LIST_MESSAGES CAPTURES EXPECTED [--tshark]

EXPECTED is the table: for every capture how many messages tshark shows and how many we find, in
which frames only one of both sees any, and why. Without --tshark our side of it is checked; with it
tshark is run, and each message must be found by both, in the same frame with the same start line,
unless the table says otherwise. Exit code 77: skipped.
"""
import csv
import os
import re
import shutil
import subprocess
import sys

TSHARK = ["tshark", "-o", "tcp.reassemble_out_of_order:TRUE",
          "-o", "esp.enable_null_encryption_decode_heuristic:TRUE", "-Y", "sip", "-T", "fields",
          "-E", "aggregator=\x01", "-E", "separator=\x02", "-e", "frame.number",
          "-e", "sip.Request-Line", "-e", "sip.Status-Line"]


def plain(line):
    """What of a start line survives tshark's way of printing it."""
    return re.sub(r"[^!-~]", "", line.replace('\\"', '"').replace("\ufffd", ""))


def tshark_messages(path):
    done = subprocess.run(TSHARK + ["-r", path], capture_output=True, check=False)
    found = []
    for row in done.stdout.decode("utf-8", "replace").split("\n"):
        if not row:
            continue
        frame, requests, responses = (row.split("\x02") + ["", ""])[:3]
        lines = [line for line in (requests + "\x01" + responses).split("\x01") if line.strip()]
        found += [(int(frame), plain(line)) for line in lines or ["?"]]
    return found


def our_messages(program, path):
    done = subprocess.run([program, path], capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"{path}: {done.stderr.decode()}")
    rows = [row.split(b"\t", 3) for row in done.stdout.split(b"\n") if row]
    return [(int(row[1]), plain(row[3].decode("utf-8", "replace"))) for row in rows]


def without(messages, others):
    """The messages that others does not have; "?" is one whose start line tshark could not read."""
    rest = list(others)
    left = []
    for frame, line in messages:
        match = next((o for o in rest if o[0] == frame and (o[1] == line or "?" in (line, o[1]))),
                     None)
        if match:
            rest.remove(match)
        else:
            left.append(frame)
    return left


def frames_of(text):
    frames = []
    for part in text.split():
        first, _, last = part.partition("-")
        frames += range(int(first), int(last or first) + 1)
    return frames


def check(name, row, ours, theirs):
    wrong = []
    if len(ours) != int(row["ours"]):
        wrong.append(f"we find {len(ours)}, the table says {row['ours']}")
    if theirs is None:
        return wrong
    if len(theirs) != int(row["tshark"]):
        wrong.append(f"tshark shows {len(theirs)}, the table says {row['tshark']}")
    for whose, left in (("only_tshark", without(theirs, ours)), ("only_ours", without(ours, theirs))):
        if sorted(left) != sorted(frames_of(row[whose])):
            wrong.append(f"{whose}: frames {' '.join(map(str, sorted(left)))}, "
                         f"the table says {row[whose] or 'none'}")
    if (row["only_tshark"] or row["only_ours"]) and not row["why"]:
        wrong.append("the table does not say why")
    return [f"{name}: {text}" for text in wrong]


def main():
    program, folder, table = sys.argv[1:4]
    with_tshark = "--tshark" in sys.argv
    if not os.path.isdir(folder):
        print(f"SKIPPED: no captures in {folder}")
        sys.exit(77)
    if with_tshark and not shutil.which("tshark"):
        print("SKIPPED: tshark is not installed")
        sys.exit(77)
    with open(table, encoding="utf-8") as lines:
        rows = {row["file"]: row for row in
                csv.DictReader((l for l in lines if not l.startswith("#")), delimiter="\t")}
    here = sorted(os.path.relpath(os.path.join(at, name), folder)
                  for at, _, names in os.walk(folder) for name in names if "cap" in name)
    wrong = [f"{name}: not in the table" for name in here if name not in rows]
    wrong += [f"{name}: not in {folder}" for name in rows if name not in here]
    for name in [n for n in here if "-DSB" in n and not shutil.which("tshark")]:
        print(f"SKIPPED: {name}: tshark, which decrypts it, is not installed")
        here.remove(name)
    for name in (n for n in here if n in rows):
        path = os.path.join(folder, name)
        theirs = tshark_messages(path) if with_tshark else None
        ours = our_messages(program, path)
        row = rows[name]
        print(f"{name:52} tshark {row['tshark']:>5}  ours {len(ours):5}  {row['why']}")
        wrong += check(name, row, ours, theirs)
    print("\n".join(wrong))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
