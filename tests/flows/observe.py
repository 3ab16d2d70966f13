# SPDX-License-Identifier: MIT
"""What an observer misses, or sees twice, late or in another order, is nobody's fault: conforming flows are met with
silence however badly they were captured.

    observe.py [--seed N] [--rounds N] [--keep DIR] [NAME...]   only what is done to the capture by these names

What a tap beside an element can do to a capture is audited with --vantage, too, once for each element."""

import argparse
import copy
import os
import pathlib
import random
import sys
import tempfile

import flows
from run import audit, told

APART = 300_000_000  # microseconds between two flows
WAYS = {}
BESIDE = ("out-of-order", "jittered", "clock-set-back")
# Who stands beside the element sees that it leaves this undone, in what conforms as far as it is seen from elsewhere.
UNDONE = {
    "nobody-answers": "rfc3261-17.2.1-100-in-time",
    "busy-behind-a-stream": "rfc3261-17.2.1-100-in-time",
    "invite-repeated": "rfc3261-17.2.1-100-in-time",
    "options-repeated": "rfc4320-3-100-when-it-takes-long",
    "subscription-through-proxy": "rfc6665-4.2.1.2-notify-follows",
    "subscription-unrecorded": "rfc6665-4.2.1.2-notify-follows",
    "subscription-overtaken": "rfc6665-4.2.1.4-terminated-when-it-expires",
    "subscription-forked": "rfc6665-4.2.1.4-terminated-when-it-expires",
    "subscription-within-call": "rfc6665-4.2.1.4-terminated-when-it-expires",
    "subscription-shortened": "rfc6665-4.2.1.4-terminated-when-it-expires",
}


def way(harm):
    WAYS[harm.__name__.replace("_", "-")] = harm
    return harm


@way
def some_lost(steps, chance):
    return [step for step in steps if chance.random() > 0.15]


@way
def many_lost(steps, chance):
    return [step for step in steps if chance.random() > 0.5]


@way
def begins_late(steps, chance):
    return steps[chance.randrange(len(steps)):]


@way
def ends_early(steps, chance):
    return steps[:chance.randrange(1, len(steps) + 1)]


@way
def one_direction(steps, chance):
    """What one element sends."""
    sender = chance.choice(steps).src
    return [step for step in steps if step.src is sender]


@way
def one_link(steps, chance):
    """What passes between two elements."""
    link = chance.choice(steps)
    ends = {link.src, link.dst}
    return [step for step in steps if {step.src, step.dst} == ends]


@way
def one_element(steps, chance):
    """What one element sends and gets."""
    element = chance.choice(steps).dst
    return [step for step in steps if element in (step.src, step.dst)]


@way
def two_taps(steps, chance):
    """Everything is seen again a little later."""
    again = [moved(step, chance.randrange(20, 900)) for step in steps]
    return sorted(steps + again, key=lambda step: step.at)


@way
def out_of_order(steps, chance):
    """Neighbours that are close in time change places."""
    steps = list(steps)
    for at in range(len(steps) - 1):
        if steps[at + 1].at - steps[at].at < 10_000 and chance.random() < 0.2:
            first, second = steps[at], steps[at + 1]
            steps[at], steps[at + 1] = moved(second, first.at - second.at), moved(first, second.at - first.at)
    return steps


@way
def jittered(steps, chance):
    """Each packet is late by what it waited for in a buffer of its own."""
    return sorted([moved(step, chance.randrange(20_000)) for step in steps], key=lambda step: step.at)


@way
def clock_jumps(steps, chance):
    """The clock of the capture is set, on or a little back."""
    at, by = chance.randrange(len(steps)), chance.choice((-2_000_000, 3_000_000, 90_000_000))
    return steps[:at] + [moved(step, by) for step in steps[at:]]


@way
def clock_set_back(steps, chance):
    """The clock of the capture is set back, by more than the time that passed meanwhile."""
    at = chance.randrange(len(steps))
    by = steps[max(at - 1, 0)].at - steps[at].at - chance.randrange(200_000, 5_000_000)
    return steps[:at] + [moved(step, by) for step in steps[at:]]


def moved(step, by):
    out = copy.copy(step)
    out.at += by
    return out


def harmed(name, seed):
    """Every flow, one after the other, as such an observer sees it; which flow each step is of."""
    chance, out, flow_of, begin = random.Random(f"{name} {seed}"), [], {}, 0
    for flow in flows.FLOWS:
        steps = flows.steps_of(flow, f"{name} {seed}")
        seen = [moved(step, begin) for step in WAYS[name](steps, chance)]
        flow_of.update((id(step), flow) for step in seen)
        out += seen
        begin += APART + max(step.at for step in steps)
    return out, flow_of


def accused(steps, flow_of, path, *vantage):
    findings, frames = audit(steps, path, *vantage)
    step_of = {frame: flow_of[step] for step, frame in frames.items()}
    found = [(step_of.get(finding["frame"]), finding) for finding in findings if finding["scope"] != "message"]
    return [f"{flow} is accused{''.join(f' beside {ip}' for ip in vantage[1:])}: {told(finding)}" for flow, finding in found
            if not vantage or UNDONE.get(flow) != finding["rule"]]


def complaints_of(name, seed, folder):
    steps, flow_of = harmed(name, seed)
    path = folder / f"{name}-{seed}.pcap"
    complaints = accused(steps, flow_of, path)
    for ip in sorted({step.src.ip for step in steps}) if name in BESIDE else []:
        complaints += accused(steps, flow_of, path, "--vantage", ip)
    return [f"{name}, seed {seed}: {complaint}" for complaint in complaints]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    complaints = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or pathlib.Path(temporary)
        os.makedirs(folder, exist_ok=True)
        for name in WAYS:
            if options.names and name not in options.names:
                continue
            for seed in range(options.seed, options.seed + options.rounds):
                complaints += complaints_of(name, seed, folder)
    print("\n".join(complaints))
    print(f"{len(flows.FLOWS)} flows, {options.rounds} times observed in each of {len(options.names or WAYS)} bad ways: "
          f"{len(complaints)} false accusations")
    sys.exit(bool(complaints))


if __name__ == "__main__":
    main()
