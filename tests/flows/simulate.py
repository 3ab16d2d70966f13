# SPDX-License-Identifier: MIT
"""Elements that keep the RFCs on a network that does not keep messages: nobody may be accused.

    simulate.py [--seed N] [--rounds N] [--keep DIR] [NAME...]   only these settings; rounds: so many captures of each

Without names also what elements do wrong (misdeeds.py) is tried: it has to be found.

Each capture has several worlds, one after the other, each with chance of its own for what is lost, late, doubled and
done. An observer stands beside one element, or on the ways between."""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import random
import sys
import tempfile

from lossy import World, beside, between, where_it_arrives, where_sent
from misdeeds import MISDEEDS
from observe import moved
from phone import Phone
from presence import Registering, Registrar, Watched, Watcher
from proxies import Stateful, Stateless
from run import audit, told

APART = 400_000_000  # microseconds between two worlds
WORLDS = 8           # of one capture
# Only recommended otherwise, and done here for what it may cross.
DONE_ALL_THE_SAME = {"rfc3311-5.1-reinvite-when-confirmed"}
SETTINGS = {}


def setting(play):
    SETTINGS[play.__name__.replace("_", "-")] = play
    return play


def phones(world):
    return Phone(world, "alice", "example.com", "10.1.0.1"), Phone(world, "bob", "example.org", "10.2.0.1")


def begin(world, alice, uri):
    world.later(0, lambda: alice.call(uri))


@setting
def two_phones(world):
    alice, bob = phones(world)
    begin(world, alice, f"sip:bob@{bob.host}")
    return alice, bob


@setting
def call_each_other(world):
    alice, bob = phones(world)
    begin(world, alice, f"sip:bob@{bob.host}")
    begin(world, bob, f"sip:alice@{alice.host}")
    return alice, bob


@setting
def stateful_proxy(world):
    alice, bob = phones(world)
    alice.outbound = proxy = Stateful(world, "p1", "10.9.0.1", records=alice.maybe(0.7), homes={bob.uri: [bob]})
    begin(world, alice, bob.uri)
    return alice, proxy, bob


@setting
def stateless_proxy(world):
    alice, bob = phones(world)
    alice.outbound = proxy = Stateless(world, "p1", "10.9.0.1", records=alice.maybe(0.7), homes={bob.uri: [bob]})
    begin(world, alice, bob.uri)
    return alice, proxy, bob


@setting
def proxies_of_both_kinds(world):
    alice, bob = phones(world)
    kinds = [Stateful, Stateless]
    world.random.shuffle(kinds)
    second = kinds[1](world, "p2", "10.9.0.2", homes={bob.uri: [bob]})
    first = alice.outbound = kinds[0](world, "p1", "10.9.0.1", homes={bob.uri: [second]})
    begin(world, alice, bob.uri)
    return alice, first, second, bob


@setting
def fork(world):
    alice, bob = phones(world)
    mobile = Phone(world, "bob", "example.org", "10.2.0.2")
    alice.outbound = proxy = Stateful(world, "p1", "10.9.0.1", homes={bob.uri: [bob, mobile]})
    begin(world, alice, bob.uri)
    return alice, proxy, bob, mobile


def over_streams(world, *elements):
    for element in elements:
        element.transport = "TCP"


@setting
def streams(world):
    alice, bob = phones(world)
    over_streams(world, alice, bob)
    begin(world, alice, f"sip:bob@{bob.host}")
    return alice, bob


@setting
def streams_and_datagrams(world):
    alice, proxy, bob = stateful_proxy(world)
    over_streams(world, world.random.choice((alice, bob)))
    return alice, proxy, bob


@setting
def session_timers(world):
    alice, bob = phones(world)
    alice.timer, alice.lasts, bob.lasts = 90, (300_000,), (300_000,)
    begin(world, alice, f"sip:bob@{bob.host}")
    return alice, bob


@setting
def spiral(world):
    """The request comes by the first proxy twice, under another name."""
    alice, bob = phones(world)
    kinds = [world.random.choice((Stateful, Stateless)) for _ in range(2)]
    office = "sip:bob@office.example.org"
    first = alice.outbound = kinds[0](world, "p1", "10.9.0.1", homes={office: [bob]})
    second = kinds[1](world, "p2", "10.9.0.2", homes={office: [first]})
    first.homes[bob.uri] = [(second, office)]
    begin(world, alice, bob.uri)
    return alice, first, second, bob


@setting
def one_by_one(world):
    """The proxy tries a second phone when the first is busy, or does not answer at all."""
    alice, bob = phones(world)
    mobile = Phone(world, "bob", "example.org", "10.2.0.2")
    alice.outbound = proxy = Stateful(world, "p1", "10.9.0.1", homes={bob.uri: [bob, mobile]})
    proxy.one_by_one = True
    if alice.maybe(0.4):
        bob.break_down(100)
        begin(world, alice, bob.uri)
        return alice, proxy, mobile
    begin(world, alice, bob.uri)
    return alice, proxy, bob, mobile


@setting
def next_server(world):
    """The first server is dead, and the second takes the call."""
    alice, bob = phones(world)
    alice.outbound = Stateful(world, "p1", "10.9.0.1", homes={bob.uri: [bob]})
    alice.outbound.break_down(1000)
    second = Stateful(world, "p2", "10.9.0.2", homes={bob.uri: [bob]})
    alice.others = [second]
    begin(world, alice, bob.uri)
    return alice, second, bob


@setting
def registered(world):
    """Two phones of one name."""
    registrar = Registrar(world, "10.7.0.1", world.random.random() < 0.6)
    desk, mobile = Registering(world, "alice", "example.com", "10.1.0.1"), Registering(world, "alice", "example.com", "10.1.0.2")
    for phone in (desk, mobile):
        world.later(world.random.randrange(2_000_000), lambda phone=phone: phone.register(registrar))
    return registrar, desk, mobile


@setting
def behind_a_nat(world):
    """Two phones of one name, at one address; the NAT may forget whose port was whose."""
    registrar, *behind = registered(world)
    for at, phone in enumerate(behind):
        for number in range(world.random.choice((1, 2, 4))):
            def bind(phone=phone, port=20000 + 100 * at + number):
                world.translate(phone, "10.5.0.1", port)
            world.later(0, bind) if number == 0 else world.later(world.random.randrange(400_000_000), bind)
    return (registrar,)


@setting
def begun_anew(world):
    """The registrar, or a phone, breaks down and comes back."""
    elements = registered(world)
    broken = world.random.choice(elements)
    world.later(world.random.randrange(150_000_000), lambda: broken.break_down(40))
    return tuple(element for element in elements if element is not broken)


@setting
def broken_call(world):
    """A phone breaks down within a call, and comes back soon enough to be asked."""
    alice, bob = phones(world)
    begin(world, alice, f"sip:bob@{bob.host}")
    broken = world.random.choice((alice, bob))
    world.later(world.random.randrange(30_000_000), lambda: broken.break_down(40))
    world.later(80_000_000, lambda: alice.call(f"sip:bob@{bob.host}"))
    return (bob,) if broken is alice else (alice,)


@setting
def subscribed(world):
    watcher, watched = Watcher(world, "alice", "example.com", "10.1.0.1"), Watched(world, "bob", "example.org", "10.2.0.1")
    world.later(0, lambda: watcher.watch(f"sip:bob@{watched.host}"))
    return watcher, watched


@setting
def subscribed_through_proxy(world):
    watcher, watched = Watcher(world, "alice", "example.com", "10.1.0.1"), Watched(world, "bob", "example.org", "10.2.0.1")
    kind = world.random.choice((Stateful, Stateless))
    watcher.outbound = proxy = kind(world, "p1", "10.9.0.1", homes={watched.uri: [watched]})
    world.later(0, lambda: watcher.watch(watched.uri))
    return watcher, proxy, watched


def observers(world, elements, chance):
    """(name, steps, beside whom) of each observer."""
    for element in elements:
        yield f"beside-{element.ip}", beside(world, element), (element.ip,)
    yield "between", between(world, chance), ()
    yield "sent", where_sent(world), ()
    yield "arrived", where_it_arrives(world), ()


def played(name, seed):
    """Of each observer: the steps of all worlds of that capture, whom it stands beside, the world of each step."""
    views, begins = collections.defaultdict(lambda: ([], (), {})), 0
    for number in range(WORLDS):
        chance = random.Random(f"{name} {seed} {number}")
        world = World(f"{name} {seed} {number}", chance.choice((0, 0.05, 0.2, 0.4)), chance.choice((0, 0.05)), chance.choice((1, 5, 40)))
        elements = SETTINGS[name](world)
        world.run()
        last = max(packet.arrived or packet.sent for packet in world.passed)
        for view, steps, vantage in observers(world, elements, chance):
            all_steps, _, origin = views[view]
            for step in steps:
                later = moved(step, begins)
                later.number += number << 12
                all_steps.append(later)
                origin[id(later)] = number
            views[view] = (all_steps, vantage, origin)
        begins += last + APART
    return views


def found(misdeed, folder, rounds=6):
    """None: the rule told of it beside some element, in one of so many captures; else what is amiss."""
    with misdeed:
        for seed in range(1, rounds + 1):
            for view, (steps, vantage, _) in played(misdeed.setting, seed).items():
                options = [word for ip in vantage for word in ("--vantage", ip)]
                findings, _ = audit(steps, folder / f"{misdeed.wrong.__name__}-{view}.pcap", *options) if steps else ([], {})
                if any(finding["rule"] == misdeed.rule for finding in findings):
                    return None
    return f"{misdeed.setting}: {misdeed.rule} does not tell of {misdeed.wrong.__name__}"


def nth_found(at, folder):
    return found(MISDEEDS[at], folder)


def complaints_of(name, seed, folder):
    out, count = [], 0
    for view, (steps, vantage, origin) in played(name, seed).items():
        if not steps:
            continue
        options = [word for ip in vantage for word in ("--vantage", ip)]
        findings, frames = audit(steps, folder / f"{name}-{seed}-{view}.pcap", *options)
        world_of = {frame: origin[step] for step, frame in frames.items()}
        count += len(steps)
        out += [f"{name}, seed {seed}, {view}, world {world_of.get(finding['frame'])}: {told(finding)}"
                for finding in findings if finding["rule"] not in DONE_ALL_THE_SAME]
    return out, count


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    jobs = [(name, seed) for name in options.names or SETTINGS for seed in range(options.seed, options.seed + options.rounds)]
    with tempfile.TemporaryDirectory() as temporary, concurrent.futures.ProcessPoolExecutor(2) as pool:
        folder = options.keep or pathlib.Path(temporary)
        os.makedirs(folder, exist_ok=True)
        results = list(pool.map(complaints_of, *zip(*jobs), [folder] * len(jobs)))
        wrong = range(0 if options.names else len(MISDEEDS))
        missed = [line for line in pool.map(nth_found, wrong, [folder] * len(wrong)) if line]
    complaints = [line for lines, _ in results for line in lines] + missed
    print("\n".join(complaints))
    print(f"{len(jobs) * WORLDS} worlds, {sum(count for _, count in results)} messages seen: {len(complaints) - len(missed)} false accusations; "
          f"{len(wrong) - len(missed)} of {len(wrong)} misdeeds found")
    sys.exit(bool(complaints))


if __name__ == "__main__":
    main()
