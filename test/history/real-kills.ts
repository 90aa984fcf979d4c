import { existsSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { historyDirectory } from '../../src/adapters/history/directory.ts';
import { type ClaimLine, type HistoryLine, parseHistoryLine, type RunLine } from '../../src/history/history-line.ts';
import { Place, type Program, shellTask, TICK } from '../support/program.ts';
import { seed } from '../time/every-zone.ts';
import { InstantLedger } from './instant-ledger.ts';

/** When an instance is killed. Milliseconds. */
interface Kill {
  /**
   * `start`: so long after it was started. `second`: about a full second, when ticks begin and tasks start. `claim`: after so many
   * writes to the history. `task`: after so many starts of a task.
   */
  readonly when: 'start' | 'second' | 'claim' | 'task';
  readonly ms: number;
  readonly count: number;
  /** Until the next start. */
  readonly off: number;
}

const kill = (
  when: Kill['when'],
  ms: readonly [number, number],
  count: readonly [number, number],
): fc.Arbitrary<Kill> =>
  fc.record({
    when: fc.constant(when),
    ms: fc.integer({ min: ms[0], max: ms[1] }),
    count: fc.integer({ min: count[0], max: count[1] }),
    off: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 150 }), fc.integer({ min: 0, max: 400 })),
  });

const KILLS = fc.oneof(
  { arbitrary: kill('start', [0, 100], [0, 0]), weight: 4 },
  { arbitrary: kill('start', [0, 800], [0, 0]), weight: 4 },
  { arbitrary: kill('start', [0, 2200], [0, 0]), weight: 3 },
  { arbitrary: kill('second', [-5, 60], [1, 2]), weight: 6 },
  { arbitrary: kill('claim', [0, 8], [1, 6]), weight: 5 },
  { arbitrary: kill('task', [0, 12], [1, 5]), weight: 4 },
);

/** An instance that is to be killed is not waited for longer than this, ms. */
const LONGEST_LIFE = 2000;
/** More than the time after which an instant that is late counts as missed, ms. */
const LONG_GAP = 63_000;
/** The last instance makes up for what is held back. Seconds. */
const LAST = 4;
const REST_MS = 6000;

/** The conditions: how many seconds between their instants, how many tasks, how long each of these takes, and keys. */
const CONDITIONS = [
  { name: 'Second', period: 1, tasks: 1, work: '', keys: 'catch_up = "skip"' },
  { name: 'Once', period: 2, tasks: 1, work: 'sleep 0.3', keys: 'catch_up = "once"\ninterrupted = "rerun"' },
  { name: 'All', period: 3, tasks: 1, work: '', keys: 'catch_up = "all"\njitter_seconds = 2' },
  { name: 'Two', period: 2, tasks: 2, work: '', keys: 'catch_up = "all"\ninterrupted = "rerun"' },
  {
    name: 'Jitter',
    period: 1,
    tasks: 1,
    work: '',
    keys: 'catch_up = "once"\njitter_seconds = 3\ninterrupted = "rerun"',
  },
  { name: 'Slow', period: 5, tasks: 2, work: 'sleep 0.7', keys: 'catch_up = "skip"\njitter_seconds = 1' },
] as const;

const configuration = (ran: string): string =>
  TICK +
  CONDITIONS.map(({ name, period, tasks, work, keys }) => {
    const names = Array.from({ length: tasks }, (_, i) => `${name}_${i + 1}`);
    const script = `echo "$INSTANCE $WHENEVER_CONDITION $WHENEVER_TASK $WHENEVER_RUN $(date +%s%3N)" >> ${ran}\n${work}`;
    return `${names.map((task) => shellTask(task, script, 'success_status = 0')).join('')}
[[condition]]
name = "${name}"
type = "time"
recurring = true
execute_sequence = true
tasks = ${JSON.stringify(names)}
timezone = "UTC"
catch_up_limit = 1000000
${keys}
time_specifications = [{ cron = "*/${period} * * * * *" }]
`;
  }).join('');

/** A task that was started, as it says itself. */
interface Start {
  readonly instance: number;
  readonly condition: string;
  readonly task: string;
  readonly run: string;
  readonly at: number;
}

/** What came of it. */
interface Figures {
  readonly instants: number;
  readonly claims: number;
  readonly starts: number;
  readonly interrupted: number;
  /** Claims of which no task was started. */
  readonly withoutStart: number;
  readonly missed: number;
  readonly caughtUp: number;
  readonly reruns: number;
  /** Instances that had no line when they were killed. */
  readonly silent: number;
}

/** One history of the built program. */
class RealKills {
  readonly #place = new Place();
  readonly #directory = historyDirectory(this.#place.file('config.toml'), {
    XDG_STATE_HOME: this.#place.file('state'),
  });
  readonly #pids: number[] = [];

  clear(): Promise<void> {
    return this.#place.clear();
  }

  /** What the instances have logged. */
  get log(): string {
    return this.#place.read('log');
  }

  #start(): Program {
    const log = openSync(this.#place.file('log'), 'a');
    const program = this.#place.start([], {
      toml: configuration(this.#place.file('ran')),
      stdio: ['pipe', log, log],
      env: { INSTANCE: String(this.#pids.length) },
    });
    this.#pids.push(program.child.pid!);
    return program;
  }

  /** An instance that is killed. */
  async killed({ when, ms, count, off }: Kill): Promise<void> {
    const began = Date.now();
    const program = this.#start();
    if (when === 'start') await wait(ms);
    else if (when === 'second') {
      // The start takes a part of the first one.
      const second = Math.ceil((began + 500) / 1000) + count - 1;
      await wait(Math.max(0, second * 1000 + ms - Date.now()));
    } else {
      await this.#grows(when === 'task' ? () => this.#ranSize : () => this.#historySize, count, began + LONGEST_LIFE);
      await wait(ms);
    }
    // An instance that ends by itself has not started.
    if (program.end)
      throw new Error(`instance ${this.#pids.length - 1} ended with ${JSON.stringify(program.end)}\n${this.log}`);
    program.kill('SIGKILL');
    await program.ended;
    await wait(off);
  }

  /** The last instance, which ends by itself. */
  async last(): Promise<void> {
    const program = this.#start();
    await wait(LAST * 1000);
    program.send('exit');
    expect((await program.ended).code).toBe(0);
  }

  get #ranSize(): number {
    return statSync(this.#place.file('ran'), { throwIfNoEntry: false })?.size ?? 0;
  }
  get #historySize(): number {
    if (!existsSync(this.#directory)) return 0;
    return this.#segments.reduce((sum, name) => sum + statSync(join(this.#directory, name)).size, 0);
  }
  get #segments(): readonly string[] {
    return readdirSync(this.#directory)
      .filter((name) => name.endsWith('.jsonl'))
      .sort();
  }
  /** Resolves when a size has grown so many times. */
  async #grows(size: () => number, times: number, deadline: number): Promise<void> {
    let before = size();
    for (let left = times; left > 0 && Date.now() < deadline; ) {
      await wait(1);
      const now = size();
      if (now > before) left -= 1;
      before = now;
    }
  }

  /** The lines of the history; those that were torn by a kill are not among them. */
  get #lines(): readonly HistoryLine[] {
    return this.#segments
      .flatMap((name) => readFileSync(join(this.#directory, name), 'utf8').split('\n'))
      .flatMap((text) => parseHistoryLine(text) ?? []);
  }
  get #starts(): readonly Start[] {
    return this.#place
      .read('ran')
      .trim()
      .split('\n')
      .map((text) => {
        const [instance, condition = '', task = '', run = '', at] = text.split(' ');
        return { instance: Number(instance), condition, task, run, at: Number(at) };
      });
  }

  /** Each instant is accounted for once, and each claim is one start of each of its tasks, unless the instance was killed. */
  async check(): Promise<Figures> {
    const lines = this.#lines;
    const sessions = new Map(
      lines.flatMap((line) => (line.kind === 'start' ? [[this.#pids.indexOf(line.pid), line.session] as const] : [])),
    );
    expect(new Set(sessions.values()).size).toBe(lines.filter(({ kind }) => kind === 'start').length);
    const starts = new Map<string, Start[]>();
    for (const start of this.#starts) {
      const key = `${sessions.get(start.instance)} ${start.condition} ${start.run}`;
      starts.set(key, [...(starts.get(key) ?? []), start]);
    }
    const claims = lines.filter((line): line is ClaimLine => line.kind === 'claim');
    const ends = new Map<string, RunLine[]>();
    for (const line of lines)
      if (line.kind === 'run') {
        const key = `${line.session} ${line.condition} ${line.run}`;
        ends.set(key, [...(ends.get(key) ?? []), line]);
      }
    let withoutStart = 0;
    for (const claim of claims) {
      const key = `${claim.session} ${claim.condition} ${claim.run}`;
      const own = starts.get(key) ?? [];
      starts.delete(key);
      const started = own.map(({ task }) => task);
      const [end, ...more] = ends.get(key) ?? [];
      expect([end === undefined, more], key).toEqual([false, []]);
      if (end?.outcome === 'interrupted') expect(claim.tasks.slice(0, started.length), key).toEqual(started);
      else expect(started, key).toEqual(claim.tasks);
      for (const { at } of own) expect(at, key).toBeGreaterThanOrEqual(Date.parse(claim.time));
      if (started.length === 0) withoutStart += 1;
    }
    // What ran without a claim.
    expect([...starts]).toEqual([]);
    const missed = lines.filter((line) => line.kind === 'missed');
    return {
      instants: await this.#instants(lines),
      claims: claims.length,
      starts: this.#starts.length,
      interrupted: [...ends.values()].flat().filter(({ outcome }) => outcome === 'interrupted').length,
      withoutStart,
      missed: missed.reduce((sum, { count }) => sum + count, 0),
      caughtUp: claims.filter(({ code }) => code === 'catching-up').length,
      reruns: claims.filter(({ code }) => code === 'interrupted-run').length,
      silent: this.#pids.length - sessions.size,
    };
  }

  /** How many instants there were. */
  async #instants(lines: readonly HistoryLine[]): Promise<number> {
    const end = Date.parse(lines.at(-1)!.time) - REST_MS;
    expect(lines.at(-1)!.kind).toBe('end');
    let instants = 0;
    for (const { name, period } of CONDITIONS) {
      const own = lines.filter((line) => 'condition' in line && line.condition === name);
      const ledger = new InstantLedger(period * 1000, 1000, Date.parse(own[0]!.time));
      for (const line of own) ledger.apply(line);
      const { wanted, lost } = ledger.upTo(end);
      expect(lost, name).toEqual([]);
      instants += wanted;
    }
    const verify = await this.#place.run(['verify', '--config', this.#place.file('config.toml')]);
    const rows = verify.stdout.trimEnd().split('\n');
    const [, verified, unexplained] = /^(\d+) instants, (\d+) unexplained$/.exec(rows.at(-1) ?? '') ?? [];
    expect([verify.end.code, unexplained, rows.filter((row) => /UNEXPLAINED/.test(row))]).toEqual([0, '0', []]);
    expect(Number(verified)).toBeGreaterThanOrEqual(instants);
    return instants;
  }
}

/** One test of so many kills, with so many times that whenever is off for longer than an instant may be late. */
export const realKills = (kills: number, gaps: number, least: Partial<Figures>): void => {
  test(`every instant is accounted for exactly once over ${kills} kills of the built program`, async () => {
    const real = new RealKills();
    try {
      const planned = fc.sample(KILLS, { seed, numRuns: kills });
      for (const [i, one] of planned.entries()) {
        await real.killed(one);
        if ((i + 1) % Math.ceil(kills / (gaps + 1)) === 0 && i + 1 < kills) await wait(LONG_GAP);
      }
      await real.last();
      const figures = await real.check();
      if (process.env.WHENEVER_TEST_LONG === '1') process.stdout.write(`${kills} kills: ${JSON.stringify(figures)}\n`);
      for (const [key, value] of Object.entries(least))
        expect(figures[key as keyof Figures], key).toBeGreaterThanOrEqual(value);
    } catch (error) {
      throw new Error(`WHENEVER_SEED=${seed} repeats it: ${(error as Error).message}`, { cause: error });
    } finally {
      await real.clear();
    }
  });
};
