# SPDX-License-Identifier: MIT
"""Every file that can hold a comment names its licence in its first lines, and the right one for its folder."""

import re

from project import ROOT, files, finish, text_of

GPL = "GPL-2.0-or-later"
GPL_FOLDERS = ("cli", "plugins")  # they link Wireshark's libraries
SUFFIXES = {".c", ".h", ".def", ".cpp", ".py", ".sh", ".yaml", ".cmake", ".allow", ".dict", ".in"}
NAMES = {"CMakeLists.txt", ".clang-tidy", "dev", "run"}
LINE = re.compile(r"SPDX-License-Identifier: (\S+)")


def complaint(path):
    if path.suffix not in SUFFIXES and path.name not in NAMES:
        return None
    head = "\n".join((text_of(path) or "").splitlines()[:3])
    match = LINE.search(head)
    if not match:
        return "no SPDX-License-Identifier in the first three lines"
    wanted = GPL if path.parts[0] in GPL_FOLDERS else "MIT"
    if match.group(1) != wanted:
        return f"{match.group(1)}, but {path.parts[0]}/ is {wanted}"
    return None


def main():
    complaints = [f"LICENSES/{name}.txt is missing" for name in ("MIT", GPL)
                  if not (ROOT / "LICENSES" / f"{name}.txt").is_file()]
    for path in files():
        what = None if path.parts[0] in ("LICENSES", "corpus") else complaint(path)
        if what:
            complaints.append(f"{path}:1: {what}")
    finish(complaints)


main()
