"""Runs a program in a terminal, stops its output as Ctrl-S does, and asks it to end.

usage: stopped-terminal.py MARKS PROGRAM ...
The program adds a line to the file MARKS at each run of a task. Prints what has happened.
"""

import os
import pty
import select
import signal
import sys
import time

marks, program = sys.argv[1], sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(program[0], program)


def runs():
    try:
        with open(marks) as file:
            return len(file.readlines())
    except FileNotFoundError:
        return 0


def until(happened, reads):
    """Waits, as long as a busy machine may need. Reads what the program writes, or leaves it alone."""
    end = time.monotonic() + 20
    while not happened():
        if time.monotonic() > end:
            return False
        if not reads:
            time.sleep(0.05)
        elif select.select([terminal], [], [], 0.05)[0]:
            try:
                os.read(terminal, 65536)
            except OSError:
                return False
    return True


until(lambda: runs() >= 2, True)
os.write(terminal, b"\x13")
before = runs()
print("runs while it is stopped:", until(lambda: runs() >= before + 4, False), flush=True)
os.kill(pid, signal.SIGTERM)
begun = time.monotonic()
status = []


def ended():
    found, how = os.waitpid(pid, os.WNOHANG)
    if found == pid:
        status.append(os.waitstatus_to_exitcode(how))
    return found == pid


print("ends:", until(ended, False), status, "within 4 s:", time.monotonic() - begun < 4)
if not status:
    os.kill(pid, signal.SIGKILL)
