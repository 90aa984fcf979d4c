"""Prints what comes to a datagram socket as lines of JSON. Usage: datagrams.py PATH"""
import json, socket, sys

server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind(sys.argv[1])
print(json.dumps(["ready"]), flush=True)
while True:
    # A barrier comes with a descriptor, which is closed by not taking it: that is the answer.
    print(json.dumps(server.recv(65536).decode().splitlines()), flush=True)
