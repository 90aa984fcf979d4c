# Runs a program in a terminal of its own: keyboard.py COLUMNS ROWS PROGRAM [ARG …]. What comes on standard input is typed, what is shown goes to
# standard output; at the end a line says how the program ended.
import fcntl, os, pty, select, struct, sys, termios

columns, rows, *program = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', int(rows), int(columns), 0, 0))
    os.execvp(program[0], program)
sources = [terminal, 0]
while True:
    ready = select.select(sources, [], [])[0]
    if 0 in ready:
        typed = os.read(0, 65536)
        if typed:
            os.write(terminal, typed)
        else:
            sources.remove(0)
    if terminal in ready:
        try:
            shown = os.read(terminal, 65536)
        except OSError:
            break
        if not shown:
            break
        os.write(1, shown)
os.write(1, b'\nended %d\n' % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
