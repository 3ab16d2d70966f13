# SPDX-License-Identifier: MIT
"""Conforming flows are met with silence; a flow with one thing done wrong with the statement, the message and who sent it.

    run.py [--seed N] [--keep DIR] [NAME...]   only what has NAME in its name; DIR gets the captures

A mutation waits while no rule over several messages cites its statement: nothing is asked of it. Such rules that no
mutation reaches are complained about; the kill rate is printed."""

import argparse
import concurrent.futures
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import flows
from mutations import MUTATIONS
from wire_file import capture

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SIPCHECK = os.environ.get("SIPCHECK", str(ROOT / "build/bin/sipcheck"))
# Rules over several messages that no flow here can break: what they ask for is not in a plain capture, or off in flows.yaml.
UNSHOWN = {
    "rfc3261-23.1-same-certificate",
    "rfc3261-26.3.2.1-register-challenged",
    "rfc4028-11.2-sips-route",
    "rfc6141-6-secured-as-before",
}


def passwords(steps):
    """Those of all who know theirs; everybody of one name has the same."""
    users = {step.src.user: step.src.password for step in steps if hasattr(step.src, "password") and not step.src.guesses}
    return "".join(f'{user} * password "{password}"\n' for user, password in sorted(users.items()))


def audit(steps, path, *options):
    """Findings on the steps as a capture, and the frame of each step."""
    data, frames = capture(steps)
    path.write_bytes(data)
    secrets = path.with_suffix(".credentials")
    secrets.write_text(passwords(steps))
    options = ["--credentials", str(secrets), *options]
    done = subprocess.run([SIPCHECK, "audit", "--format", "ndjson", "--profile", str(HERE / "flows.yaml"), *options,
                           str(path)],
                          capture_output=True, text=True, timeout=120)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    fewest = len({getattr(step, "number", id(step)) for step in steps})  # what the network doubled may be taken for one
    if not lines or not fewest <= lines[-1]["summary"]["messages"] <= len(steps):
        sys.exit(f"{path.name}: not all {len(steps)} messages were read: {done.stderr}{lines[-1:]}")
    return lines[:-1], {id(step): frames[place] for place, step in enumerate(steps)}


def told(finding):
    return f"frame {finding['frame']}, {finding['culprit']}: {finding['rule']}: {finding['message']}"


def clean(name, options, folder):
    findings, _ = audit(flows.steps_of(name, options.seed), folder / f"{name}.pcap")
    return [f"{name} is no clean flow to the audit: {told(finding)}" for finding in findings]


def killed(mutation, options, folder):
    """None: it was found; else what was found instead."""
    steps = flows.steps_of(mutation.flow, options.seed)
    shown, culprit = mutation.apply(steps)
    vantage = ["--vantage", culprit.ip] if mutation.beside else []
    words = f"{mutation.name} {MUTATIONS.index(mutation)}".replace(":", "").split()
    findings, frames = audit(steps, folder / f"{'-'.join(words)}.pcap", *vantage)
    for finding in findings:
        if mutation.statement in finding["statements"] and finding["frame"] == frames[id(shown)] \
                and finding["culprit"] == culprit.address:
            return None
    found = "".join(f"\n    {told(finding)}" for finding in findings) or " nothing"
    return f"{mutation.name} (frame {frames[id(shown)]}, {culprit.address}) was not found, but{found}"


def ledgers():
    """Every statement that a ledger has."""
    known = set()
    for path in (ROOT / "rules/statements").glob("*.csv"):
        with open(path, newline="") as file:
            known.update(row["id"] for row in csv.DictReader(file))
    return known


def sequence_rules():
    done = subprocess.run([SIPCHECK, "rules", "list", "--format", "ndjson"], capture_output=True, text=True, check=True)
    return [rule for rule in map(json.loads, done.stdout.splitlines()) if rule["scope"] != "message"]


def unreached(rules):
    """Complaints about rules over several messages whose statements no mutation breaks, and about UNSHOWN."""
    broken = {mutation.statement for mutation in MUTATIONS}
    missing = {rule["rule"] for rule in rules if rule["rfc"] and not broken & set(rule["statements"])}
    return [f"{rule}: no mutation breaks what it cites" for rule in sorted(missing - UNSHOWN)] + \
        [f"{rule}: a mutation breaks what it cites, or there is no such rule" for rule in sorted(UNSHOWN - missing)]


def chosen(name, options):
    return not options.names or any(word in name for word in options.names)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", default="1")
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    known, rules = ledgers(), sequence_rules()
    cited = {statement for rule in rules for statement in rule["statements"]}
    strangers = [mutation.name for mutation in MUTATIONS if mutation.statement not in known]
    waiting = [mutation for mutation in MUTATIONS if not mutation.alone and mutation.statement not in cited]
    binding = [mutation for mutation in MUTATIONS if mutation not in waiting and chosen(mutation.name, options)]
    names = [name for name in flows.FLOWS if chosen(name, options)]
    with tempfile.TemporaryDirectory() as temporary, concurrent.futures.ThreadPoolExecutor(2) as pool:
        folder = options.keep or pathlib.Path(temporary)
        folder.mkdir(exist_ok=True)
        noises = pool.map(lambda name: clean(name, options, folder), names)
        survivors = pool.map(lambda mutation: killed(mutation, options, folder), binding)
        complaints = [line for noise in noises for line in noise]
        alive = [line for line in survivors if line]
    complaints += alive + [f"{name}: no ledger has that statement" for name in strangers]
    complaints += [] if options.names else unreached(rules)
    print("\n".join(complaints))
    print(f"{len(names)} clean flows, {len(binding) - len(alive)} of {len(binding)} mutations found, "
          f"{len(waiting)} wait for their rules")
    sys.exit(bool(complaints))


if __name__ == "__main__":
    main()
