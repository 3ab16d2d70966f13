# SPDX-License-Identifier: MIT
"""Nothing is copied: no file of ../shared, and no sentence of an RFC that has a ledger (its ABNF and messages are facts)."""

import hashlib
import re

from project import ROOT, SHARED, files, finish, skip, text_of

RUN = 12  # so many words in a row are no coincidence
SMALLEST = 100  # bytes; shorter files can be alike by chance
WORD = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*")
PAGE_BREAK = re.compile(r"\n*^\S.* +\[Page \d+\]\n\f?\n?(^RFC \d+ .*\n+)?", re.M)
NOT_PROSE = re.compile(r"=|^\s*[\w-]+( \(\w\))?: |[|<>{}+]|-->|\.{4}|^\s*\d{3} [A-Z]", re.M)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def copied_files(ours):
    theirs = {}
    for path in sorted(SHARED.rglob("*")):
        if path.is_file() and path.stat().st_size >= SMALLEST:
            theirs[digest(path)] = path.relative_to(SHARED)
    for path in ours:
        twin = theirs.get(digest(ROOT / path))
        if twin:
            yield f"{path}: the same bytes as ../shared/{twin}"


def runs(text):
    """(offset of the first word, RUN words) for every run of the text."""
    words = [(match.start(), match.group()) for match in WORD.finditer(text.lower())]
    for i in range(len(words) - RUN + 1):
        yield words[i][0], " ".join(word for _, word in words[i : i + RUN])


def prose_of_rfcs(ours):
    """{run: RFC} of every RFC that has a ledger."""
    known = {}
    for path in ours:
        if path.parts[:2] != ("rules", "statements"):
            continue
        text = PAGE_BREAK.sub("\n", (SHARED / f"rfc/{path.stem}.txt").read_text(errors="replace"))
        for paragraph in re.split(r"\n\s*\n", text):
            if not NOT_PROSE.search(paragraph):
                known.update((run, path.stem) for _, run in runs(paragraph))
    return known


def without_markup(path, text):
    """Comment signs and quotation marks must not hide a sentence that goes over lines."""
    return re.sub(r'(?m)^\s*(\*|#|//|>)|/\*|\*/|["`]', lambda m: " " * len(m.group()), text)


def copied_sentences(ours):
    known = prose_of_rfcs(ours)
    for path in ours:
        text = None if path.parts[0] in ("LICENSES", "corpus", "tests") else text_of(path)
        if text is None:
            continue
        last = -1
        for offset, run in runs(without_markup(path, text)):
            if run in known:
                line = text.count("\n", 0, offset) + 1
                if line > last + 2:
                    yield f"{path}:{line}: a sentence of {known[run]}: ... {run} ..."
                last = line


def main():
    if not (SHARED / "rfc/rfc3261.txt").is_file():
        skip("../shared is not here")
    ours = files()
    finish([*copied_files(ours), *copied_sentences(ours)])


main()
