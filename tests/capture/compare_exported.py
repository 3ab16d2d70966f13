#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Let tshark export the SIP of each capture of ../shared, and hold what is read of that against what tshark shows.

usage: compare_exported.py LIST_MESSAGES CAPTURES EXPECTED

EXPECTED is the table of compare_captures.py: as many messages have to come of the exported PDUs as tshark shows in the capture,
or as we find there: what an ICMP error quotes is shown and not exported.
Exit code 77: skipped.
"""
import csv
import os
import shutil
import subprocess
import sys
import tempfile

EXPORT = ["tshark", "-o", "tcp.reassemble_out_of_order:TRUE",
          "-o", "esp.enable_null_encryption_decode_heuristic:TRUE", "-U", "OSI layer 7"]
FEW = 1000  # more messages take too long to export


def messages(program, path, folder):
    exported = os.path.join(folder, "exported.pcapng")
    done = subprocess.run([*EXPORT, "-r", path, "-w", exported], capture_output=True, check=False)
    if done.returncode not in (0, 2):  # 2: the capture is cut short
        return f"tshark: {done.stderr.decode()}"
    done = subprocess.run([program, exported], capture_output=True, check=False)
    return len(done.stdout.splitlines()) if done.returncode == 0 else done.stderr.decode()


def main():
    program, captures, table = sys.argv[1:]
    if not os.path.isdir(captures) or not shutil.which("tshark"):
        print(f"SKIPPED: no captures in {captures}, or no tshark")
        sys.exit(77)
    with open(table, encoding="utf-8") as lines:
        rows = list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for row in (row for row in rows if 0 < int(row["tshark"]) < FEW):
            found = messages(program, os.path.join(captures, row["file"]), folder)
            if found not in (int(row["tshark"]), int(row["ours"])):
                print(f"{row['file']}: {found} of {row['tshark']}")
                wrong += 1
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
