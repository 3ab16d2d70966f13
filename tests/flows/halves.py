# SPDX-License-Identifier: MIT
"""A capture that is cut in two shows less, never other things: each error in one of its parts is one in the whole.

One thing can't be seen, and is left out: a response behind a proxy is its author's, whose copy may stand in the other
part: the whole names another sender.

    halves.py [NAME...]   flows and mutations with NAME in their names; with `captures`: those of ../shared"""

import concurrent.futures
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import flows
from mutations import MUTATIONS
from run import HERE, ROOT, SIPCHECK
from wire_file import capture

SHARED = ROOT / "../shared/captures"
PLACES = (0.25, 0.5, 0.75)


def audit(path, *options):
    """Errors; how many frames there are."""
    done = subprocess.run([SIPCHECK, "audit", "--format", "ndjson", *options, str(path)], capture_output=True, timeout=600, check=False)
    lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
    if not lines:
        return [], 0
    errors = [line for line in lines[:-1] if line["severity"] == "error"]
    return errors, lines[-1]["summary"]["capture"]["frames"]


def key_of(line):
    return line["rule"], line.get("call_id"), None if line["scope"] == "message" else line["culprit"]


def beyond(name, part, whole):
    known = {key_of(line) for line in whole}
    return [f"{name}: frame {line['frame']} of that part, {line['culprit']}: {line['rule']}: {line['message']}"
            for line in part if key_of(line) not in known]


def of_steps(name, steps, folder, *options):
    """Of a flow, or one with something done wrong."""
    path = folder / f"{abs(hash(name))}.pcap"

    def errors(some):
        data, _ = capture(some)
        path.write_bytes(data)
        return audit(path, "--profile", str(HERE / "flows.yaml"), *options)[0]

    whole, found = errors(steps), []
    for place in PLACES:
        at = round(len(steps) * place)
        for words, part in ((f"up to step {at}", steps[:at]), (f"from step {at + 1} on", steps[at:])):
            if part:
                found += beyond(f"{name} {words}", errors(part), whole)
    path.unlink()
    return found


def of_flow(name, folder):
    return of_steps(name, flows.steps_of(name, "1"), folder)


def of_mutation(mutation, folder):
    steps = flows.steps_of(mutation.flow, "1")
    _, culprit = mutation.apply(steps)
    return of_steps(f"{mutation.name} {MUTATIONS.index(mutation)}", steps, folder, "--vantage", culprit.ip)


def of_capture(source, folder):
    """Formats that are not written are left out."""
    whole, frames = audit(source)
    found = []
    for place in PLACES:
        at = int(frames * place)
        for words, frame_range in ((f"up to frame {at}", f"1-{at}"), (f"from frame {at + 1} on", f"{at + 1}-{frames}")):
            path = folder / f"{source.name}-{frame_range}"
            done = subprocess.run(["editcap", "-r", source, path, frame_range], capture_output=True, check=False)
            if 0 < at < frames and done.returncode == 0:
                found += beyond(f"{source.name} {words}", audit(path)[0], whole)
            path.unlink(missing_ok=True)
    return found


def main():
    names = sys.argv[1:]
    with tempfile.TemporaryDirectory() as temporary, concurrent.futures.ThreadPoolExecutor(2) as pool:
        folder = pathlib.Path(temporary)
        if names == ["captures"]:
            if not SHARED.is_dir() or not shutil.which("editcap"):
                print("SKIPPED: no ../shared/captures, or no editcap")
                sys.exit(77)
            sources = [path for path in sorted(SHARED.rglob("*")) if path.is_file() and "cap" in path.name]
            results = list(pool.map(lambda path: of_capture(path, folder), sources))
        else:
            def is_chosen(name):
                return not names or any(word in name for word in names)
            results = list(pool.map(lambda name: of_flow(name, folder), filter(is_chosen, flows.FLOWS)))
            results += list(pool.map(lambda mutation: of_mutation(mutation, folder),
                                     [mutation for mutation in MUTATIONS if is_chosen(mutation.name)]))
    found = [line for lines in results for line in lines]
    print("\n".join(found))
    print(f"{len(results)} cut in two at {len(PLACES)} places: {len(found)} errors of parts alone")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
