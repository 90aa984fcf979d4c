# Runs a program in a terminal of its own: terminal.py COLUMNS ROWS MARK PROGRAM [ARG …]. When MARK has been said (empty: when the
# program has ended), Ctrl-C is pressed. Prints what is shown, as it comes, then a line with how it ended.
import fcntl, os, pty, select, signal, struct, sys, termios, time

columns, rows, mark, *program = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(program[0], program)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', int(rows), int(columns), 0, 0))
said = b''
pressed = mark == ''
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
    if not pressed and mark.encode() in said:
        os.write(terminal, b'\x03')
        pressed = True
else:
    os.kill(pid, signal.SIGKILL)
print('\nended', os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
