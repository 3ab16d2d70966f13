# SPDX-License-Identifier: MIT
"""Every C file is as .clang-format has it."""

import shutil
import subprocess
import sys

from project import ROOT, files, skip


def main():
    if not shutil.which("clang-format"):
        skip("clang-format is not here")
    sources = [str(path) for path in files() if path.suffix in (".c", ".h")]
    sys.exit(subprocess.run(["clang-format", "--dry-run", "-Werror", *sources], cwd=ROOT).returncode)


main()
