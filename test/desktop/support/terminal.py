# Runs a program in a terminal of its own: terminal.py hangup|reload MARK FOLLOW PROGRAM [ARG …]. When MARK has been said, the
# terminal goes away (hangup), or the program gets SIGHUP while the terminal stays (reload), until FOLLOW has been said.
# Prints what became of it.
import os, pty, select, signal, sys, time

how, mark, follow, *program = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(program[0], program)
said = b''

def listen(wanted):
    global said
    end = time.time() + 15
    while wanted not in said and time.time() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                said += os.read(terminal, 65536)
            except OSError:
                return

listen(mark.encode())
if how == 'hangup':
    os.close(terminal)
else:
    os.kill(pid, signal.SIGHUP)
    listen(follow.encode())
    print('reloaded' if follow.encode() in said else 'not reloaded')
    os.kill(pid, signal.SIGTERM)
end = time.time() + 15
while time.time() < end:
    done, status = os.waitpid(pid, os.WNOHANG)
    if done:
        print('ended', os.waitstatus_to_exitcode(status))
        sys.exit()
    time.sleep(0.02)
os.kill(pid, signal.SIGKILL)
print('still there')
