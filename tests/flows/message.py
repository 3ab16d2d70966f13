# SPDX-License-Identifier: MIT
"""A SIP message as a list of header lines. It knows nothing of the library under test."""


class Message:
    def __init__(self, start, headers, body=""):
        self.start, self.headers, self.body = start, [tuple(pair) for pair in headers], body

    def copy(self):
        return Message(self.start, self.headers, self.body)

    # --- reading

    @property
    def is_request(self):
        return not self.start.startswith("SIP/")

    @property
    def method(self):
        return self.start.split()[0] if self.is_request else self.get("CSeq").split()[1]

    @property
    def uri(self):
        return self.start.split()[1]

    @property
    def status(self):
        return 0 if self.is_request else int(self.start.split()[1])

    def all(self, name):
        return [value for known, value in self.headers if known == name]

    def get(self, name):
        values = self.all(name)
        return values[0] if values else None

    # --- changing; each returns the message, so that edits can be chained

    def set(self, name, value):
        """The first line of that name gets the value; a new line comes last."""
        for at, (known, _) in enumerate(self.headers):
            if known == name:
                self.headers[at] = (name, value)
                return self
        return self.add(name, value)

    def add(self, name, value):
        self.headers.append((name, value))
        return self

    def push(self, name, value):
        """In front of the first line of that name."""
        at = next((i for i, (known, _) in enumerate(self.headers) if known == name), 0)
        self.headers.insert(at, (name, value))
        return self

    def pop(self, name):
        """Without the first line of that name."""
        at = next(i for i, (known, _) in enumerate(self.headers) if known == name)
        del self.headers[at]
        return self

    def drop(self, name):
        self.headers = [pair for pair in self.headers if pair[0] != name]
        return self

    def edit(self, name, old, new):
        """Something in the first line of that name is written otherwise."""
        value = self.get(name)
        assert value is not None and old in value, f"{name}: {value} has no {old}"
        return self.set(name, value.replace(old, new, 1))

    def retarget(self, uri):
        method, _, version = self.start.split()
        self.start = f"{method} {uri} {version}"
        return self

    # --- the wire

    def bytes(self):
        body = self.body.replace("\n", "\r\n").encode()
        lines = [self.start] + [f"{name}: {value}" for name, value in self.headers]
        if self.get("Content-Length") is None:
            lines.append(f"Content-Length: {len(body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def tag_of(value):
    """The tag of a From or To line; None: it has none."""
    return value.split(";tag=")[1].split(";")[0] if ";tag=" in value else None


def uri_of(value):
    """The URI within the angle brackets of an address."""
    return value.split("<")[1].split(">")[0]
