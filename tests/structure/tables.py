# SPDX-License-Identifier: MIT
"""What is stated once is complete, and what is made from it is up to date. tables.py [COMMAND]"""

import json
import re
import subprocess
import sys

from project import ROOT, SHARED, files, finish

ROW = re.compile(r"^X\((\w+),\s*\"([^\"]+)\",\s*(.*)\)\s*$", re.M)


def rows(path):
    return ROW.findall((ROOT / path).read_text(encoding="utf-8"))


def twice(what, names):
    seen = set()
    for name in names:
        if name.lower() in seen:
            yield f"{what} is there twice: {name}"
        seen.add(name.lower())


def headers():
    table = "libsipcheck/include/sipcheck/headers.def"
    found = rows(table)
    yield from twice(f"{table}: a header", [name for _, name, _ in found])
    yield from twice(f"{table}: a compact form", [match.group(1) for _, _, rest in found
                                                 if (match := re.match(r"'(\w)'", rest))])
    for enum, name, rest in found:
        if enum != name.upper().replace("-", "_"):
            yield f"{table}: {name} is called {enum}"
        cited = re.search(r'(\d+),\s*"([\d.]+)"', rest)
        rfc = SHARED / f"rfc/rfc{cited.group(1)}.txt" if cited else None
        if rfc is None:
            yield f"{table}: {name} cites no RFC and section"
        elif rfc.is_file() and not re.search(rf"(?m)^\s*{re.escape(cited.group(2))}\.?\s", rfc.read_text(errors="replace")):
            yield f"{table}: {name} cites a section that RFC {cited.group(1)} has not: {cited.group(2)}"


def oracle():
    """Every header that has a grammar is held against the RFC's own by one of the oracle's tests."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("tests/test_oracle*.c")))
    for _, name, rest in rows("libsipcheck/include/sipcheck/headers.def"):
        if " any_text," not in rest and not re.search(rf'"{re.escape(name)}(-header)?\\?"', text, re.I):
            yield f"tests/test_oracle*.c: no test of {name}"


def fields():
    table = "libsipcheck/fields/fields.def"
    yield from twice(f"{table}: a field", [f"{record}.{name}" for record, name, _ in rows(table)])


def sequences():
    """docs/sequence-rules.md has every event, and the names that each scope binds; `next` is no scope's own."""
    document = "docs/sequence-rules.md"
    scopes = {"T": "transaction", "D": "dialog", "S": "session", "R": "registration", "U": "subscription", "H": "hop"}
    parts = dict(re.findall(r"(?ms)^## (\w+)\n(.*?)(?=^## |\Z)", (ROOT / document).read_text(encoding="utf-8")))
    cells = {part: [line.strip("| ").split(" | ") for line in parts[part].splitlines() if line.startswith("| `")] for part in parts}
    bound = {row[0].strip("`"): set(re.findall(r"`(\w+)`", row[-1])) for row in cells["Scopes"]}
    names = rows("libsipcheck/fields/names.def")
    for letter, scope in scopes.items():
        wanted = {scope} | {name for _, name, where in names if f"SC_{letter}" in where and name != "next"}
        for name in wanted ^ bound.get(scope, set()):
            yield f"{document}: does scope {scope} bind {name}?"
    events = {name for _, name, _ in rows("libsipcheck/fields/events.def")}
    for name in events ^ {name for row in cells["Events"] for name in re.findall(r"`([^`]+)`", row[0])}:
        yield f"{document}: is {name} an event?"


def bases():
    """The flows that docs/sequence-rules.md shows are made of base messages that there are."""
    document = "docs/sequence-rules.md"
    there = set(re.findall(r"(?m)^([\w-]+): \|", (ROOT / "rules/bases.yaml").read_text(encoding="utf-8")))
    table = (ROOT / document).read_text(encoding="utf-8").partition("| flow | base messages |")[2].partition("\n\n")[0]
    named = re.findall("`([^`]+)`", table)
    if len(named) < 40:
        yield f"{document}: the table of flows is not there"
    yield from (f"{document}: no base message is called {name}" for name in named if name not in there)


def script():
    """./dev: every command is in its help, and every preset it names exists."""
    text = (ROOT / "dev").read_text(encoding="utf-8")
    dispatch = text[text.index("case $command in") :]
    usage = text[text.index("<<'TXT'") : text.index("\nTXT\n")]
    for names in re.findall(r"(?m)^    ([a-z |-]+)\)", dispatch):
        name = names.split(" | ")[0]
        if not re.search(rf"(?m)^  {name}\b", usage):
            yield f"dev: `{name}` is not in its help"
    presets = {preset["name"] for preset in json.loads((ROOT / "CMakePresets.json").read_text())["configurePresets"]}
    for name in re.findall(r"\b(?:configure|made) ([a-z]+)\b", text):
        if name not in presets:
            yield f"dev: CMakePresets.json has no {name}"


def fuzz_targets():
    """Every target has seeds, and docs/testing.md says what it reads."""
    listed = (ROOT / "docs/testing.md").read_text(encoding="utf-8")
    for path in sorted(ROOT.glob("fuzz/fuzz_*.c")):
        name = path.stem.removeprefix("fuzz_")
        if not any((ROOT / "corpus" / name).glob("*")):
            yield f"fuzz/{path.name}: no seeds in corpus/{name}"
        if f"| `{name}` |" not in listed:
            yield f"fuzz/{path.name}: docs/testing.md does not name it"


def rooms():
    """Every test of this folder is run by ctest."""
    listed = (ROOT / "tests/structure/CMakeLists.txt").read_text()
    for path in files():
        if path.parts[:2] == ("tests", "structure") and path.suffix == ".py" and path.stem != "project":
            if f"structure_test({path.stem}" not in listed:
                yield f"{path} is not in tests/structure/CMakeLists.txt"


def subcommands(command):
    usage = subprocess.run([command, "--help"], capture_output=True, text=True, check=True).stdout
    for path in sorted(ROOT.glob("cli/**/cmd_*.c")):
        name = path.stem.removeprefix("cmd_")
        if not re.search(rf"(?m)^\s+{name}\b", usage):
            yield f"{path.relative_to(ROOT)}: `sipcheck --help` does not name {name}"


def made_documents(command):
    made = subprocess.run([command, "fields", "--format", "markdown"], capture_output=True, text=True, check=True).stdout
    kept = ROOT / "docs/fields.md"
    if not kept.is_file() or kept.read_text(encoding="utf-8") != made:
        yield "docs/fields.md is out of date: sipcheck fields --format markdown >docs/fields.md"


def main():
    complaints = [*headers(), *oracle(), *fields(), *sequences(), *bases(), *script(), *fuzz_targets(), *rooms()]
    if len(sys.argv) > 1:
        complaints += [*subcommands(sys.argv[1]), *made_documents(sys.argv[1])]
    finish(complaints)


main()
