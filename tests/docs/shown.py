# SPDX-License-Identifier: MIT
"""What the documents show is what happens. shown.py BUILD-FOLDER FILE.md...

A block that is to be run has a comment before it, and may have its output behind it:

    <!-- test: exit 1 -->
    ```sh
    sipcheck parse a.sip
    ```
    ```text
    a.sip: byte 12: ...
    ...
    ```

`exit N` defaults to 0. In the output, `...` at the end of a line stands for the rest of it, and a line of
`...` for any lines. `sipcheck` is the command of BUILD-FOLDER, and so is `./dev audit`.
"""

import difflib
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(
    r"^<!-- test(?:: exit (\d+))? -->\n```sh\n(.*?)^```\n(?:\n*```text\n(.*?)^```\n)?", re.M | re.S)


def run(commands, build):
    commands = commands.replace("./dev audit", "sipcheck audit")
    environment = dict(os.environ, PATH=f"{build}/bin:{os.environ['PATH']}", LC_ALL="C.UTF-8", COLUMNS="100")
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", commands], cwd=ROOT, env=environment, text=True,
                          errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    return done.returncode, done.stdout


def pattern(shown):
    """A regular expression that matches what a block of output shows."""
    lines = []
    for line in shown.splitlines():
        line = line.rstrip()
        if line == "...":
            lines.append(r"(?:.*\n)*?")
        elif line.endswith("..."):
            lines.append(re.escape(line[:-3]) + r".*\n")
        else:
            lines.append(re.escape(line) + r"[ ]*\n")
    return "".join(lines)


def check(path, text, match, build):
    status, commands, shown = int(match.group(1) or 0), match.group(2), match.group(3)
    where = f"{path}:{text.count(chr(10), 0, match.start()) + 1}"
    got_status, got = run(commands, build)
    if got_status != status:
        return f"{where}: exit {got_status}, {status} is shown\n{commands}{got}"
    if shown is not None and not re.fullmatch(pattern(shown), got):
        diff = "\n".join(difflib.unified_diff(shown.splitlines(), got.splitlines(), "shown", "got", lineterm=""))
        return f"{where}: another output than the one that is shown\n{commands}{diff}"
    return None


def main():
    build, complaints, ran = sys.argv[1], [], 0
    for path in sys.argv[2:]:
        text = (ROOT / path).read_text(encoding="utf-8")
        for match in BLOCK.finditer(text):
            ran += 1
            complaints.append(check(path, text, match, build))
        if len(re.findall(r"^<!-- test", text, re.M)) != len(BLOCK.findall(text)):
            complaints.append(f"{path}: a test comment without a sh block right behind it")
    complaints = list(filter(None, complaints))
    print("\n".join(complaints) or f"{ran} examples did what is shown")
    sys.exit(1 if complaints else 0)


main()
