# SPDX-License-Identifier: MIT
"""What the library calls, what it exports and what it could write to. symbols.py ARCHIVE SHARED-LIBRARY"""

import fnmatch
import pathlib
import re
import subprocess
import sys

from project import ROOT, finish

HERE = pathlib.Path(__file__).parent
DECLARED = re.compile(r"\bSIPCHECK_API\b[^;()]*?\b(sipcheck_\w+)\s*\(")
WRITABLE = re.compile(r"^\.(data|bss|tdata|tbss)(?!\.rel\.ro)(\.|$)")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def undefined(archive):
    """Names that the archive wants from elsewhere."""
    wanted, given = set(), set()
    for line in run("nm", archive).splitlines():
        words = line.split()
        if len(words) == 2 and words[0] in "Uw":
            wanted.add(words[1])
        elif len(words) == 3:
            given.add(words[2])
    return wanted - given


def not_allowed(names):
    allowed = [line.split("#")[0].strip() for line in (HERE / "symbols.allow").read_text().splitlines()]
    allowed = [pattern for pattern in allowed if pattern]
    for name in sorted(names):
        if not any(fnmatch.fnmatchcase(name, pattern) for pattern in allowed):
            yield f"the library calls {name}, which tests/structure/symbols.allow does not have"
    for pattern in allowed:
        if not any(fnmatch.fnmatchcase(name, pattern) for name in names) and "_chk" not in pattern:
            print(f"note: nothing calls {pattern} any more")


def writable(archive):
    """Objects in sections that a program may write to; const tables with pointers are in .data.rel.ro."""
    member = ""
    for line in run("objdump", "-t", archive).splitlines():
        if ":     file format" in line:
            member = line.split(":")[0]
        match = re.match(r"^[0-9a-f]+ (.{7}) (\S+)\s+[0-9a-f]+\s+(?:\.hidden )?(\S+)$", line)
        if match and "O" in match.group(1) and (WRITABLE.match(match.group(2)) or match.group(2) == "*COM*"):
            yield f"{member}: {match.group(3)} can be written to: the library has no globals"


def declared():
    names = set()
    for header in sorted((ROOT / "libsipcheck/include/sipcheck").glob("*.h")):
        names |= set(DECLARED.findall(header.read_text()))
    return names


def exports(library):
    exported = {line.split()[-1] for line in run("nm", "-D", "--defined-only", library).splitlines()}
    for name in sorted(exported - declared()):
        yield f"{name} is exported, but no public header declares it SIPCHECK_API"
    for name in sorted(declared() - exported):
        yield f"{name} is declared in a public header, but nothing defines it"


def main():
    archive, library = sys.argv[1:3]
    finish([*not_allowed(undefined(archive)), *writable(archive), *exports(library)])


main()
