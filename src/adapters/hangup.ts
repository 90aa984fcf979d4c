import { closeSync, openSync, readFileSync } from 'node:fs';

const hasTerminal = (): boolean => {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
};

/** True when whoever started the program wants it to outlive the terminal, as `nohup` does. */
const ignoresHangup = (): boolean => {
  try {
    const ignored = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
    return (BigInt(`0x${ignored}`) & 1n) === 1n;
  } catch {
    return false;
  }
};

/** Node aborts at its end when it finds standard streams open on a terminal that is gone. */
const leaveTerminal = (): void => {
  for (const fd of [0, 1, 2]) {
    try {
      closeSync(fd);
    } catch {
      // Closed already.
    }
  }
};

/**
 * Tells apart the two meanings of SIGHUP: the terminal the program was started from is gone, or somebody wants the
 * configuration to be loaded again. Hears the signal from now on.
 */
export const onHangup = (meaning: { terminalGone(): void; reload(): void }): void => {
  const windows = process.platform === 'win32';
  const belongs = !windows && !ignoresHangup() && hasTerminal();
  process.on('SIGHUP', () => {
    if (!windows && !(belongs && !hasTerminal())) return meaning.reload();
    process.once('exit', leaveTerminal);
    meaning.terminalGone();
  });
};
