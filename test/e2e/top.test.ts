import { execFileSync, spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { have } from '../desktop/support/programs.ts';
import { onDemand, Place, PROGRAM, type Program, RUNNER, shellTask, TICK } from '../support/program.ts';

/** How long something may take to be seen, ms, and how often it is looked for. */
const LONGEST_MS = 15_000;
const LOOK_MS = 50;

let place: Place;
let terminal: Terminal | undefined;
beforeEach(() => {
  place = new Place();
});
afterEach(async () => {
  terminal?.close();
  terminal = undefined;
  await place.clear();
});

/** A shell in a real terminal. */
class Terminal {
  readonly #env: NodeJS.ProcessEnv;

  constructor(columns: number, rows: number) {
    const { TMUX: _, ...env } = place.environment({
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
      TMUX_TMPDIR: place.path,
      PS1: '$ ',
    });
    this.#env = env;
    this.tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), '-c', place.path, 'sh');
  }

  tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-u', '-f', '/dev/null', ...args], {
      env: this.#env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
  press(...keys: readonly string[]): void {
    this.tmux('send-keys', ...keys);
  }
  type(line: string): void {
    this.tmux('send-keys', '-l', line);
    this.press('Enter');
  }
  start(before = ''): void {
    this.type(`${before} '${RUNNER}' '${PROGRAM}' top; echo "ended $?"`);
  }
  get screen(): string {
    return this.tmux('capture-pane', '-p');
  }
  /** Resolves with the screen when it shows something. */
  async shows(pattern: RegExp): Promise<string> {
    const end = Date.now() + LONGEST_MS;
    for (;;) {
      const { screen } = this;
      if (pattern.test(screen)) return screen;
      if (Date.now() > end) throw new Error(`${pattern} is not on the screen:\n${screen}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
  /** What a shell finds when it has the terminal back. */
  async restored(): Promise<void> {
    this.type("clear; stty -a | tr ' ;' '\\n\\n' | grep -x -e '-*icanon' -e '-*echo' -e '-*isig' | sort; echo back");
    expect(await this.shows(/^back$/m)).toMatch(/^echo\nicanon\nisig\nback$/m);
    expect(this.tmux('display-message', '-p', '#{alternate_on} #{cursor_flag} #{wrap_flag}').trim()).toBe('0 1 1');
  }
  close(): void {
    spawnSync('tmux', ['kill-server'], { env: this.#env });
  }
}

const BACKUP = shellTask('Dump', `echo "disk 日本 full" >&2; test -f '$PLACE/ok'`, 'success_status = 0');
const COPY = shellTask('Copy', `echo first line; until test -f '$PLACE/go'; do sleep 0.05; done; echo second line`);
const ITEMS = `${TICK}${BACKUP}${COPY}${onDemand('Backup', ['Dump'])}${onDemand('Long', ['Copy'])}`;

const running = async (): Promise<Program> => {
  const daemon = place.start(['-J', '-L', 'info'], { toml: ITEMS.replaceAll('$PLACE', place.path) });
  await daemon.record(/^MAIN starting/);
  expect((await place.run(['status'])).end.code).toBe(0);
  return daemon;
};
const opened = (columns = 80, rows = 24): Terminal => {
  terminal = new Terminal(columns, rows);
  return terminal;
};

// What is missing is skipped, and that is a failure where CI is set.
describe.runIf(have('tmux') || Boolean(process.env.CI))('whenever top on a terminal', () => {
  test('shows what failed and why, runs it again, and shows that it succeeds', async () => {
    await running();
    await place.run(['ctl', 'run', 'Backup']);
    const view = opened();
    view.start();
    expect(await view.shows(/Backup +waiting .*failed/)).toContain('1 of 2 conditions failed at its last run: Backup');
    view.press('/', 'b', 'a', 'c', 'Enter', 'Enter');
    expect(await view.shows(/What task Dump wrote/)).toMatch(
      /exit code 1[\s\S]*What task Dump wrote[\s\S]*disk 日本 full/,
    );
    place.write('ok', '');
    view.press('r');
    await view.shows(/run Backup: .*succe/);
    const screen = await view.shows(/Backup +waiting .*ok/);
    const [cause = ''] = /command-\d+/.exec(screen.split('\n').at(-3)!) ?? [];
    expect((await place.run(['story', cause])).stdout).toContain('task/Dump');
    view.press('Escape');
    await view.shows(/^1 of 2: with "bac"$/m);
    view.press('Escape');
    expect(await view.shows(/^[▶ ] Long/m)).not.toContain('failed');
    view.press('q');
    await view.shows(/^ended 0$/m);
    await view.restored();
  });

  test('shows what a task writes while it runs, and how long it has been running', async () => {
    await running();
    const view = opened(60, 12);
    view.start();
    await view.shows(/^[▶ ] Long/m);
    view.press('t');
    await view.shows(/▶ Go_Backup/);
    view.press('Down', 'Enter', 'Enter');
    await view.shows(/Copy runs for \d/);
    view.press('/', 'l', 'o', 'n', 'Enter', 'o');
    expect(await view.shows(/first line/)).toMatch(/output of task Copy: run-\d+, which is under way/);
    place.write('go', '');
    await view.shows(/second line/);
    await view.shows(/run-\d+, ended/);
    view.press('Escape');
    await view.shows(/Long +waiting .*ok/);
  });

  test('waits while nothing runs, and goes on after a restart', async () => {
    const daemon = await running();
    const view = opened();
    view.start();
    await view.shows(/is running: process/);
    daemon.send('exit');
    await daemon.ended;
    await view.shows(/^not running since \d\d:\d\d; waiting for it/m);
    await running();
    await view.shows(/is running: process/);
    view.press('p');
    await view.shows(/is paused/);
  });

  test('asks before a run is cancelled', async () => {
    await running();
    await place.run(['ctl', 'trigger', 'Go_Long']);
    const view = opened();
    view.start();
    await view.shows(/Long +running/);
    view.press('Home', 'c');
    await view.shows(/End the run of Long\? y\/n/);
    view.press('y');
    await view.shows(/Long +waiting .*cancelled/);
  });

  test('fits a window that is made smaller and larger', async () => {
    await running();
    const view = opened(120, 30);
    view.start();
    await view.shows(/^ +CONDITION +STATE +NEXT +IN? *LAST +OUTCOME +WHY$/m);
    view.tmux('resize-window', '-x', '60', '-y', '12');
    const small = await view.shows(/^.{2,60}\? help {2}q quit$/m);
    expect(small.trimEnd().split('\n')).toHaveLength(12);
    view.tmux('resize-window', '-x', '100', '-y', '20');
    await view.shows(/(?:.*\n){19}.*pause.*q quit/);
  });

  test.each([
    ['q', (view: Terminal) => view.press('q')],
    ['Ctrl-C', (view: Terminal) => view.press('C-c')],
    ['SIGTERM', (view: Terminal) => void spawnSync('kill', ['-TERM', pidIn(view)])],
    ['SIGHUP', (view: Terminal) => void spawnSync('kill', ['-HUP', pidIn(view)])],
  ])('gives the terminal back at %s', async (_, end) => {
    await running();
    const view = opened();
    view.start();
    await view.shows(/is running: process/);
    end(view);
    await view.shows(/^ended \d+$/m);
    await view.restored();
  });

  test('gives the terminal back at an exception, whose message is seen', async () => {
    const file = place.write('throw.cjs', 'setTimeout(() => { throw new Error("thrown on purpose") }, 1500)');
    const view = opened();
    view.start(`NODE_OPTIONS='--require ${file}' BUN_OPTIONS='--preload ${file}'`);
    await view.shows(/^not running; waiting for it/m);
    await view.shows(/thrown on purpose/);
    await view.shows(/^ended [1-9]\d*$/m);
    await view.restored();
  });

  test('stops at Ctrl-Z and goes on in the foreground', async () => {
    await running();
    const view = opened();
    view.type('set -m');
    view.start();
    await view.shows(/is running: process/);
    view.press('C-z');
    await view.shows(/Stopped/);
    await view.restored();
    view.type('fg; echo "ended again $?"');
    await view.shows(/is running: process/);
    view.press('q');
    await view.shows(/^ended again 0$/m);
    await view.restored();
  });

  test('has no colours with NO_COLOR', async () => {
    await running();
    await place.run(['ctl', 'run', 'Backup']);
    const view = opened();
    const painted = async (before: string) => {
      view.start(before);
      await view.shows(/Backup +waiting .*failed/);
      const text = view.tmux('capture-pane', '-p', '-e');
      view.press('q');
      await view.shows(/^ended 0$/m);
      view.type('clear');
      return text;
    };
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what paints
    const PAINT = /\x1b\[[\d;]*m/;
    expect(await painted('')).toMatch(PAINT);
    expect(await painted('NO_COLOR=1')).not.toMatch(PAINT);
  });

  test('ends with status 3 when it is quit while nothing runs', async () => {
    const view = opened();
    view.start();
    await view.shows(/^not running; waiting for it/m);
    view.press('q');
    await view.shows(/^ended 3$/m);
  });
});

/** The process of the view. */
const pidIn = (view: Terminal): string => {
  const shell = view.tmux('display-message', '-p', '#{pane_pid}').trim();
  return execFileSync('pgrep', ['-P', shell], { encoding: 'utf8' }).trim();
};

test('whenever top needs a terminal, and says what is there for programs', async () => {
  const { end, stderr, stdout } = await place.run(['top']);
  expect(end.code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^whenever: top: .*terminal.*whenever status --json'\n$/);
});
