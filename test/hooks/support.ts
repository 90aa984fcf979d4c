import { type Daemon, daemon } from '../support/daemon.ts';
import { FakeHistory } from '../support/fake-history.ts';
import type { Act } from '../support/fake-processes.ts';

/** A task that runs the program of its name. */
export const command = (name: string): string => `
[[task]]
name = "${name}"
type = "command"
command = "${name}"
command_arguments = []
startup_path = "/"
success_status = 0
`;

/** A condition that runs Backup every ten seconds, with tasks for its hooks. */
export const toml = (keys: string, top = ''): string => `
scheduler_tick_seconds = 1
${top}
${['Backup', 'Notify', 'Again', 'Mail'].map(command).join('')}
[[condition]]
name = "Nightly"
type = "interval"
interval_seconds = 10
recurring = true
tasks = ["Backup"]
${keys}
`;

export const OK: Act = { end: { how: 'exit', code: 0 } };
export const FAIL: Act = { end: { how: 'exit', code: 1 }, stderr: 'disk full\n' };
/** `F` fails, `S` succeeds. */
export const acts = (letters: string): Act[] => [...letters].map((letter) => (letter === 'F' ? FAIL : OK));

/** The instances of one history: each is killed by the start of the next. */
export class Instances {
  readonly history = new FakeHistory();
  async start(text: string, options: Parameters<typeof daemon>[1] = {}): Promise<Daemon> {
    return daemon(text, { level: 'warn', history: this.history, ...options });
  }
}

/** The runs of tasks in hooks: when they began, in seconds, what they were, and why. */
export const hooks = ({ processes, clock, now }: Daemon): string[] =>
  processes.runs
    .filter(({ request }) => request.variables.WHENEVER_HOOK !== undefined)
    .map(({ request, began }) => {
      const { WHENEVER_HOOK: hook, WHENEVER_FAILED_STREAK: streak } = request.variables;
      return `${Math.round(now - (clock.mono() - began) / 1000)} ${hook} ${request.command} ${streak}`;
    });
