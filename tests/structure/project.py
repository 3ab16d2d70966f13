# SPDX-License-Identifier: MIT
"""What the structure tests share: the project's files, and how a test ends."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
SKIPPED = 77


def files():
    """Every file of the project as a path relative to ROOT; git knows which they are."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        skip("not a git checkout, so nobody knows which files are the project's")
    return [path for path in map(pathlib.Path, filter(None, names.split("\0"))) if (ROOT / path).is_file()]


def text_of(path):
    """The text of a file, or None where it is not text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def skip(reason):
    print("SKIPPED:", reason)
    sys.exit(SKIPPED)


def finish(complaints):
    """End the test: every complaint is one line that says where and what."""
    for complaint in complaints:
        print(complaint)
    sys.exit(1 if complaints else 0)
