"""Starts a program with a socket as its standard output, ends it after its first record, and prints what it saw.

usage: socket-stdout.py KIND COMMAND [ARG ...], KIND being SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET
"""
import socket
import subprocess
import sys

ours, theirs = socket.socketpair(socket.AF_UNIX, getattr(socket, sys.argv[1]))
ours.settimeout(15)
program = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=theirs)
theirs.close()
try:
    first = ours.recv(1 << 20).decode()
except socket.timeout:
    first = "nothing"
program.terminate()
print("[START/MSG]" in first, program.wait(15))
