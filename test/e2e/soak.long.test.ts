import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commandTask, Place, TICK, told } from '../support/program.ts';
import { missingTools, TroubledHost } from '../support/troubled-host.ts';

let place: Place;
let host: TroubledHost | undefined;
beforeEach(() => {
  place = new Place();
});
afterEach(async () => {
  host?.close();
  await place.clear();
});

/** How long it goes on, in s. A shorter one tries the test itself. */
const SECONDS = Number(process.env.WHENEVER_SOAK_SECONDS ?? 600);
/** The test with its last round of faults and the checks, in ms. */
const LONGEST_MS = (SECONDS + 300) * 1000;
/** Longest time without a tick beside the tick itself, in ms. */
const LONGEST_FREEZE_MS = 2000;
/** The time condition fires at multiples of this, in s. */
const EVERY = 5;
/** What happens in this many seconds around a change of the clock belongs to neither side. */
const AROUND = 2 * EVERY;

const lua = (name: string, script: string, more = ''): string =>
  `[[task]]\nname = "${name}"\ntype = "lua"\nscript = '''${script}'''\n${more}\n`;
const interval = (name: string, seconds: number, task: string): string =>
  `[[condition]]\nname = "${name}"\ntype = "interval"\ninterval_seconds = ${seconds}\nrecurring = true\ntasks = ["${task}"]\n`;
const output = (target: string): string =>
  `[[logging.outputs]]\ntarget = "${target}"\nformat = "json"\nlevel = "info"\n`;

const config = (disk: string): string =>
  [
    TICK,
    output(`${disk}/log.json`),
    output('stderr'),
    commandTask('Work', ['true'], 'success_status = 0'),
    // Enough for a recording to rotate every minute or two.
    lua('Chatty', 'for i = 1, 1500 do log.debug(("x"):rep(200) .. i) end'),
    lua('Greedy', 'local t = {} for i = 1, 1e9 do t[i] = ("y"):rep(1000) .. i end', 'timeout_seconds = 2'),
    lua('Small', 'log.info("small")'),
    `[[condition]]\nname = "Each"\ntype = "time"\nrecurring = true\ntasks = ["Work"]\ntime_specifications = [{ cron = "*/${EVERY} * * * * *" }]\n`,
    interval('Talks', 2, 'Chatty'),
    interval('Grows', 45, 'Greedy'),
    interval('Speaks', 3, 'Small'),
  ].join('');

interface Seen {
  /** When its line came, ms on the clock of the test. */
  readonly at: number;
  readonly text: string;
  /** The time it bears, ms. */
  readonly time: number;
  readonly seq: number;
  readonly level: string;
}

interface IdRecord {
  readonly header: { readonly time: string; readonly level: string };
  readonly journal: { readonly seq: number };
}
const seen = (line: string, at: number): Seen => {
  const record = JSON.parse(line) as Parameters<typeof told>[0] & IdRecord;
  return {
    at,
    text: told(record),
    time: Date.parse(`${record.header.time.slice(0, 23)}Z`),
    seq: record.journal.seq,
    level: record.header.level.toUpperCase(),
  };
};

/** Reads lines of JSON from a stream as they come. */
class Lines {
  readonly all: Seen[] = [];
  #rest = '';
  constructor(stream: NodeJS.ReadableStream | null) {
    stream?.on('data', (chunk: Buffer | string) => {
      const lines = (this.#rest + String(chunk)).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('{')) this.all.push(seen(line, performance.now()));
    });
  }
}

/** A gap that `verify` found. */
const MISSING = /^facts? (\d+)(?: to (\d+))? (?:is|are) missing$/;
const LOST_FACTS = /recording .*: (\d+) facts? could not be written/;
const LOST = /(\d+) records? could not be written/;

/** How many records the lines of an output say are lost. */
const countedLost = (lines: readonly Seen[]): number =>
  lines.reduce((sum, { text }) => sum + Number(LOST.exec(text)?.[1] ?? 0), 0);

test(
  'A machine that fails in every way for ten minutes ends nothing, freezes nothing, and loses nothing without saying so.',
  async () => {
    expect(missingTools(), 'programs that this test needs').toEqual([]);
    const machine = new TroubledHost(place);
    host = machine;
    const args = ['-J', '--log-ids', '-L', 'trace', '--journal', `${machine.disk}/rec/day`];
    const program = machine.start(args, config(machine.disk));
    const out = new Lines(program.child.stdout);
    const err = new Lines(program.child.stderr);
    const until = async (pattern: RegExp, from: number, ms: number): Promise<void> => {
      const end = performance.now() + ms;
      while (!out.all.slice(from).some(({ text }) => pattern.test(text))) {
        expect(program.end, `the program ended: ${program.stderr.slice(-2000)}`).toBeUndefined();
        if (performance.now() > end) throw new Error(`no ${pattern} within ${ms} ms`);
        await pause(50);
      }
    };
    await until(/task Work ended: success/, 0, 20_000);

    /** The clock of the program, s ahead of the real one, with the real time from which on. */
    const clocks: { from: number; ahead: number }[] = [{ from: Date.now(), ahead: 0 }];
    const setClock = (ahead: number): void => {
      clocks.push({ from: Date.now(), ahead });
      machine.clock(ahead);
    };
    let moves = 0;
    const faults: readonly (readonly [string, () => Promise<void>])[] = [
      [
        'descriptors',
        async () => {
          machine.descriptors(Math.floor(Math.random() * 3));
          await pause(3000);
          machine.descriptors(undefined);
        },
      ],
      [
        'disk',
        async () => {
          machine.full(true);
          await pause(5000);
          machine.full(false);
        },
      ],
      [
        'recording',
        async () => {
          // Until the next rotation the recording goes on in the directory that was moved.
          if (!existsSync(join(machine.disk, 'rec'))) return;
          machine.forget(`rec-${moves}`);
          machine.move('rec', `rec-${++moves}`);
          await pause(3000);
        },
      ],
      [
        'reader',
        async () => {
          program.child.stderr?.pause();
          await pause(8000);
          program.child.stderr?.resume();
        },
      ],
      [
        'clock ahead and back',
        async () => {
          setClock(3600);
          await pause(20_000);
          setClock(0);
          await pause(20_000);
        },
      ],
      [
        'clock back for hours',
        async () => {
          setClock(-7200);
          await pause(20_000);
          setClock(0);
          await pause(20_000);
        },
      ],
      [
        'zone',
        async () => {
          machine.zone('Asia/Kolkata');
          await pause(5000);
          machine.zone('Etc/UTC');
        },
      ],
    ];
    const end = performance.now() + SECONDS * 1000;
    const done: string[] = [];
    for (let i = 0; performance.now() < end; i++) {
      const [name, fault] = faults[i % faults.length]!;
      done.push(name);
      await fault();
      // It works again: a command, a script and a question.
      const from = out.all.length;
      await until(/task Work ended: success/, from, 20_000);
      await until(/\(Lua\) small/, from, 20_000);
    }
    const stop = Date.now();
    program.send('exit');
    await program.ended;
    expect(program.end).toEqual({ code: 0, signal: null });
    expect(out.all.filter(({ text }) => /internal error/.test(text)).map(({ text }) => text)).toEqual([]);

    // No freeze: a tick each second.
    const ticks = out.all.filter(({ text }) => /^MAIN scheduler_tick \[BUSY\//.test(text)).map(({ at }) => at);
    const frozen = ticks
      .slice(1)
      .map((at, i) => Math.round(at - ticks[i]!))
      .filter((ms) => ms > 1000 + LONGEST_FREEZE_MS);
    expect(frozen, `after ${done.join(', ')}`).toEqual([]);

    // Every instant of the clock as it stood fired once.
    const fired = out.all
      .filter(({ text }) => /^CONDITION active Each\/\d+ \[START\/MSG\] running tasks/.test(text))
      .map(({ time }) => Math.floor(time / 1000 / EVERY));
    for (const [i, { from, ahead }] of clocks.entries()) {
      const to = clocks[i + 1]?.from ?? stop;
      const first = Math.ceil((from / 1000 + ahead + AROUND) / EVERY);
      const last = Math.floor((to / 1000 + ahead - AROUND) / EVERY);
      const expected = Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => first + k);
      expect(
        fired.filter((at) => at >= first && at <= last),
        `the clock ${ahead} s ahead`,
      ).toEqual(expected);
    }

    // Every loss is counted: an output lacks as many records of its level as it says.
    const log = readFileSync(join(machine.disk, 'log.json'), 'utf8');
    const inLog = log
      .split('\n')
      // A line that the full disk cut off is among those that are counted.
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => seen(line, 0));
    const wanted = out.all.filter(({ level }) => ['INFO', 'WARN', 'ERROR'].includes(level));
    for (const [name, lines] of [
      ['the log', inLog],
      ['standard error', err.all],
    ] as const) {
      const there = new Set(lines.map(({ seq }) => seq));
      const lost = wanted.filter(({ seq, text }) => !there.has(seq) && !LOST.test(text));
      expect(lost.length, `records that ${name} lacks`).toBe(countedLost(lines));
    }

    // The same of the recording: what it lacks is missing as a whole, and is no more than the log says.
    const recording = [join(machine.disk, 'rec/day'), join(machine.disk, `rec-${moves}/day`)].find((path) =>
      existsSync(path),
    );
    const proof = await place.run(['verify', '--json', recording ?? '']);
    const { problems } = JSON.parse(proof.stdout) as { problems: string[] };
    const gaps = problems.map((problem) => MISSING.exec(problem));
    expect(problems.filter((_, i) => gaps[i] === null)).toEqual([]);
    const missing = gaps.reduce((sum, gap) => sum + (gap ? Number(gap[2] ?? gap[1]) - Number(gap[1]) + 1 : 0), 0);
    const counted = out.all.reduce((sum, { text }) => sum + Number(LOST_FACTS.exec(text)?.[1] ?? 0), 0);
    expect(missing, 'facts that the recording lacks').toBeLessThanOrEqual(counted);
  },
  LONGEST_MS,
);
