#!/usr/bin/env python3
"""Prints the Cookie header of one of the people in group staff, the next one at each call.
usage: login.py URL    (of a gateway that start.sh started)"""
import pathlib
import sys
import urllib.parse

port = urllib.parse.urlsplit(sys.argv[1]).port
for process in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
    try:
        words = process.read_bytes().decode(errors="replace").split("\0")
        config = pathlib.Path(words[words.index("serve") + 2])
        if f":{port}\"" not in config.read_text():
            continue
        left = config.with_name("cookies")
        first, *others = left.read_text().splitlines()
    except (OSError, ValueError, IndexError):
        continue
    left.write_text("\n".join([*others, first]) + "\n")
    print(first)
    sys.exit(0)
sys.exit(f"no gateway started by start.sh listens on port {port}")
