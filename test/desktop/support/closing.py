# An interactive bash in a terminal of its own. Types the line that comes on standard input; when standard input ends, the terminal
# closes, and the end of this script says that the shell is gone.
import os, pty, select, sys

pid, terminal = pty.fork()
if pid == 0:
    os.execvp('bash', ['bash', '--norc', '--noprofile', '-i'])
os.write(terminal, sys.stdin.buffer.readline())
closing = False
while not closing:
    ready = select.select([terminal, sys.stdin], [], [])[0]
    closing = sys.stdin in ready and os.read(0, 1) == b''
    if terminal in ready:
        os.read(terminal, 65536)
os.close(terminal)
os.waitpid(pid, 0)
