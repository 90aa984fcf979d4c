/** How to reach the service manager that has started this process. */
export interface ServiceEnvironment {
  /** Its socket for notifications, as in `NOTIFY_SOCKET`. */
  readonly socket: string;
  /** Without a sign of life for so long, in ms, the process is ended and started again; undefined: that is not watched. */
  readonly watchdogMs?: number;
}

const VARIABLES = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'] as const;

/**
 * Takes the variables of the service manager out of the environment, so that no task inherits them: a program that notifies its own
 * manager would speak for this one. Returns what they say; undefined: no manager wants to be notified.
 */
export const takeServiceEnvironment = (
  environment: NodeJS.ProcessEnv = process.env,
  pid: number = process.pid,
): ServiceEnvironment | undefined => {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: limit = '', WATCHDOG_PID: watched } = environment;
  for (const name of VARIABLES) delete environment[name];
  if (!socket) return undefined;
  const own = watched === undefined || watched === String(pid);
  const microseconds = /^\d+$/.test(limit) && own ? Number(limit) : 0;
  return { socket, ...(microseconds > 0 ? { watchdogMs: microseconds / 1000 } : {}) };
};
