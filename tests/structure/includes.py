# SPDX-License-Identifier: MIT
"""Dependencies go one way: a room includes itself and what stands below it (docs/architecture.md)."""

import re

from project import ROOT, files, finish, text_of

BELOW = {
    "text": "",
    "grammar": "text",
    "sdp": "text grammar",
    "message": "text grammar sdp",
    "fields": "text grammar sdp message",
    "rules": "text grammar sdp message fields",
    "track": "text grammar sdp message fields",
    "engine": "text grammar sdp message fields rules track",
    "report": "text grammar sdp message fields rules track engine",
}
# A public header belongs to the room that implements it, but a structure may be filled from below:
# grammar/ makes the values that message.h declares, and fields/ reads them.
LOWEST_READER = {"base.h": "text", "message.h": "text", "headers.def": "text",
                 "body.h": "sdp", "attributes.def": "sdp",
                 "packet.h": "text",
                 "rules.h": "fields", "engine.h": "engine", "report.h": "report"}
ORDER = list(BELOW)
FACES = ("cli", "plugins", "fuzz", "examples")
# The capture reader is fuzzed too, and it is not part of the library.
EXCEPTIONS = {("fuzz", "cli/capture")}

# What the build makes (cmake/), for one room.
MADE = {"header_names.inc": "message", "field_order.inc": "fields"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def resolve(path, kind, name):
    """The project's file that an #include names, relative to ROOT; None: a system header."""
    places = [ROOT / path.parent] if kind == '"' else []
    places += [ROOT / "libsipcheck", ROOT / "libsipcheck/include", ROOT, ROOT / "cli", ROOT / path.parts[0]]
    for place in places:
        found = (place / name).resolve()
        if found.is_file() and ROOT in found.parents:
            return found.relative_to(ROOT)
    return None


def library_complaint(room, target):
    if target.parts[0] != "libsipcheck":
        return "the library includes only its own files"
    if target.parts[1] == "include":
        lowest = LOWEST_READER.get(target.name)
        if lowest is None:
            return f"{target.name} is not in the table of tests/structure/includes.py"
        if ORDER.index(room) < ORDER.index(lowest):
            return f"{target.name} is for {lowest}/ and what stands above it"
        return None
    below = target.parts[1]
    if below != room and below not in BELOW[room].split():
        return f"{room}/ stands below {below}/"
    return None


def face_complaint(face, target):
    if target.parts[0] == face or target.parts[:3] == ("libsipcheck", "include", "sipcheck"):
        return None
    if any(face == who and str(target).startswith(what + "/") for who, what in EXCEPTIONS):
        return None
    return f"{face}/ includes only <sipcheck/...> and its own files"


def complaint(path, kind, name):
    if name in MADE:
        return None if path.parts[:2] == ("libsipcheck", MADE[name]) else f"is made for {MADE[name]}/ alone"
    target = resolve(path, kind, name)
    if target is None:
        return None if kind == "<" or path.parts[0] == "plugins" else "no such file in the project"
    if path.parts[0] in FACES:
        return face_complaint(path.parts[0], target)
    if path.parts[1] == "include":
        return None if target.parts[1] == "include" else "a public header includes only public headers"
    if path.parts[1] not in BELOW:
        return f"{path.parts[1]}/ is not in the table of tests/structure/includes.py"
    return library_complaint(path.parts[1], target)


def main():
    complaints = []
    for path in files():
        if path.suffix not in (".c", ".h", ".def") or path.parts[0] not in ("libsipcheck",) + FACES:
            continue
        text = text_of(path)
        for match in INCLUDE.finditer(text):
            what = complaint(path, *match.groups())
            if what:
                line = text.count("\n", 0, match.start(2)) + 1
                complaints.append(f"{path}:{line}: {match.group(2)}: {what}")
    finish(complaints)


main()
