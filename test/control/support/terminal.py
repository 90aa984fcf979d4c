# Types into a program in a terminal of its own: terminal.py COLUMNS ROWS STEPS PROGRAM [ARG …]. STEPS is JSON, [[MARK, TIMES, KEYS], …]:
# when MARK has been shown so many times since the step before, KEYS are pressed; null closes the terminal. Prints what is shown, as it comes, then a line
# with how the program ended.
import fcntl, json, os, pty, select, signal, struct, sys, termios, time

columns, rows, steps, *program = sys.argv[1:]
steps = json.loads(steps)
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(program[0], program)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', int(rows), int(columns), 0, 0))
said, seen = b'', 0
end = time.time() + 25
while time.time() < end:
    if select.select([terminal], [], [], 0.05)[0]:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        said += data
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    if steps and said[seen:].count(steps[0][0].encode()) >= steps[0][1]:
        seen = len(said)
        keys = steps.pop(0)[2]
        if keys is None:
            os.close(terminal)
            break
        os.write(terminal, keys.encode())
else:
    os.kill(pid, signal.SIGKILL)
print('\nended', os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
