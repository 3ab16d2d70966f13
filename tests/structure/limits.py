# SPDX-License-Identifier: MIT
"""docs/limits.md has every limit of the library, the capture reader and what shows and copies calls: its value, and a test that hits it."""

import re

from project import ROOT, files, finish, text_of

DOCUMENT = "docs/limits.md"
ROOMS = ("libsipcheck", "cli/capture", "cli/flow", "cli/extract", "cli/audit", "cli/credentials.h")
NAME = r"([A-Z][A-Z0-9_]*_MAX|[A-Z_]*BUDGET|[A-Z_]*_TRIED)"
SUFFIX = re.compile(r"(?<=\d)[uUlL]+\b|\(size_t\)")
DEFINITIONS = (
    re.compile(rf"(?m)^#define {NAME} +([^/\n]+)"),
    re.compile(rf"(?m)^static const size_t {NAME} = ([^;]+);"),
)
ENUM = re.compile(r"(?s)\benum \{(.*?)\}")
MEMBER = re.compile(rf"\b{NAME} = ([^,}}\n]+)")
STRUCTURE = re.compile(r"(?s)typedef struct capture_limits \{(.*?)\} capture_limits;")
ROW = re.compile(r"^\| (?:`([^`]+)`) \| ([^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$", re.M)
TEST = re.compile(r"`(tests/[\w/.]+)`: `(\w+)`")


def value_of(text):
    text = SUFFIX.sub("", text.strip())
    return eval(text, {}, {}) if re.fullmatch(r"[\d\s*+<>()-]+", text) else None


def constants(path, text):
    """(name, value) of every limit that a file states."""
    found = [match for pattern in DEFINITIONS for match in pattern.findall(text)]
    for body in ENUM.findall(text):
        found += MEMBER.findall(body)
    for name, value in found:
        number = value_of(value)
        if number is not None and not name.endswith(("INT_MAX", "SIZE_MAX")):
            yield name, number
    for body in STRUCTURE.findall(text):
        for member in re.findall(r"(?m)^ +(?:size_t|uint64_t) (\w+);", body):
            yield f"capture_limits.{member}", None


def stated():
    """{name as the document has it: value}; a name that is private to its file has the file in front."""
    limits = {}
    for path in files():
        if not f"{path}/".startswith(tuple(room + "/" for room in ROOMS)) or path.suffix not in (".c", ".h"):
            continue
        for name, value in constants(path, text_of(path)):
            private = path.suffix == ".c"
            limits[f"{path.relative_to(path.parts[0])} {name}" if private else name] = value
    return limits


def number_in(text):
    return int(text.replace(",", "").strip()) if re.fullmatch(r"[\d,]+", text.strip()) else None


def row_complaints(name, value, cells):
    shown, _, _, test = (cell.strip() for cell in cells)
    if value is not None and number_in(shown) != value:
        yield f"{DOCUMENT}: {name} is {value}, not {shown}"
    cited = TEST.findall(test)
    if not cited and not test.startswith("none: "):
        yield f"{DOCUMENT}: {name}: neither a test (`tests/FILE`: `FUNCTION`) nor \"none: \" and a reason"
    for path, function in cited:
        if not (ROOT / path).is_file() or not re.search(rf"\b(?:void|def) {function}\(", (ROOT / path).read_text()):
            yield f"{DOCUMENT}: {name}: {path} has no {function}"


def main():
    limits = stated()
    rows = {row[0]: row[1:] for row in ROW.findall((ROOT / DOCUMENT).read_text(encoding="utf-8"))}
    complaints = [f"{DOCUMENT} has no row of {name} ({value})" for name, value in sorted(limits.items())
                  if name not in rows]
    for name, cells in rows.items():
        if name in limits:
            complaints += row_complaints(name, limits[name], cells)
        else:
            complaints.append(f"{DOCUMENT}: nothing is called {name} any more")
    finish(complaints)


main()
