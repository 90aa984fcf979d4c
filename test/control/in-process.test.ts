import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NotRunningError } from '../../src/adapters/control-errors.ts';
import { historyDirectory } from '../../src/adapters/history/directory.ts';
import { HistoryStore } from '../../src/adapters/history/store.ts';
import { checkCommand } from '../../src/commands/check.ts';
import { convertCommand } from '../../src/commands/convert.ts';
import { ctlCommand } from '../../src/commands/ctl.ts';
import { dumpCommand } from '../../src/commands/dump.ts';
import { eventsCommand } from '../../src/commands/events.ts';
import { explainCommand } from '../../src/commands/explain.ts';
import { instantSentences } from '../../src/commands/explain-instant.ts';
import { historyCommand } from '../../src/commands/history.ts';
import { initCommand } from '../../src/commands/init.ts';
import { lockCommand } from '../../src/commands/lock.ts';
import { outputCommand } from '../../src/commands/output.ts';
import { runSubcommand } from '../../src/commands/run-subcommand.ts';
import { serviceCommand } from '../../src/commands/service.ts';
import { showCommand } from '../../src/commands/show.ts';
import { simulateCommand } from '../../src/commands/simulate.ts';
import { stateCommand } from '../../src/commands/state.ts';
import { statusCommand } from '../../src/commands/status.ts';
import { hasLostOutput, printMessage, showProgress } from '../../src/commands/stdio.ts';
import { storyCommand } from '../../src/commands/story.ts';
import type { Subcommand } from '../../src/commands/subcommand.ts';
import { verifyHistory } from '../../src/commands/verify-history.ts';
import { webCommand } from '../../src/commands/web.ts';
import { printNames } from '../../src/completion/names.ts';
import type { Request } from '../../src/control/request.ts';
import { ConditionAccounts, type InstantAccount } from '../../src/history/accounts.ts';
import type { HistoryLine, RunLine, TaskLine } from '../../src/history/history-line.ts';
import { claimLine, record, runLine, startLine, THEN } from '../support/history-lines.ts';

type Answer = (request: Request, part: (part: unknown) => void, signal?: AbortSignal) => unknown;

/** What a command sees and does: which of its outputs are terminals, what it writes, and what an instance answers. */
const io = vi.hoisted(() => ({
  ...{ terminals: [] as number[], out: '', err: '', answer: undefined as Answer | undefined },
  /** Codes with which the next writes to standard output fail. */
  failures: [] as string[],
}));
vi.mock('node:tty', () => ({ isatty: (fd: number) => io.terminals.includes(fd) }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const writeSync = (fd: number, bytes: Uint8Array, ...rest: number[]): number => {
    if (fd !== 1 && fd !== 2) return real.writeSync(fd, bytes, ...rest);
    const code = fd === 1 ? io.failures.shift() : undefined;
    if (code !== undefined) throw Object.assign(new Error(`${code}: it does not work`), { code });
    io[fd === 1 ? 'out' : 'err'] += Buffer.from(bytes).toString();
    return bytes.length;
  };
  return { ...real, writeSync };
});
vi.mock('../../src/adapters/control-client.ts', async (original) => {
  const real = await original<typeof import('../../src/adapters/control-client.ts')>();
  const callInstance = (path: string, request: Request, part: (part: unknown) => void, signal?: AbortSignal) => {
    if (io.answer === undefined) throw new NotRunningError(path);
    return Promise.resolve(io.answer(request, part, signal));
  };
  return { ...real, callInstance };
});

let root: string;
const stores: HistoryStore[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'whenever-commands-'));
  vi.stubEnv('XDG_STATE_HOME', root);
  vi.stubEnv('NO_COLOR', '1');
  Object.assign(io, { terminals: [], out: '', err: '', answer: undefined, failures: [] });
});
afterEach(() => {
  for (const store of stores.splice(0)) store.close();
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

/** A history of a configuration with these lines. */
const kept = (lines: readonly HistoryLine[], config = '/c.toml'): string => {
  const directory = historyDirectory(config);
  const store = new HistoryStore(directory, () => {}, { now: () => THEN });
  stores.push(store);
  record(store, ...lines);
  return directory;
};

/** Runs a subcommand. Returns its status and what it wrote. */
const run = async <O>(command: Subcommand<O>, args: readonly string[], options: object = {}) => {
  Object.assign(io, { out: '', err: '' });
  const status = await runSubcommand(command as Subcommand, { args, options: options as never, now: THEN + 60_000 });
  return { status, out: io.out, err: io.err };
};

const taskLine = (run: string, more: Partial<TaskLine> = {}): TaskLine => {
  const { tasks: _, ...rest } = runLine('C', run);
  return { ...rest, kind: 'task', task: 'T', code: 'exited', why: 'exit code 0', ...more } as TaskLine;
};

describe('output', () => {
  const latest = (more: object = {}) => ({
    ...{ item: 'task/T', known: true, history: null, followed: false, leftOut: 0, latest: null },
    ...more,
  });

  test('of a run from the history, with its head for a person, its attempts, and control characters shown', async () => {
    const failed = { attempt: 1, began: new Date(THEN).toISOString(), seconds: 1, outcome: 'failure', code: 'exited' };
    const attempts = { attempts: 2, failed_attempts: [{ ...failed, why: 'exit code 1' }] } as Partial<TaskLine>;
    kept([startLine(), taskLine('run-1', { stdout: 'a\r\nb\u0007', stderr: 'bad\n', ...attempts })]);
    expect(await run(outputCommand, ['T'])).toEqual({ status: 0, out: 'a\r\nb\u0007', err: 'bad\n' });
    io.terminals = [1, 2];
    const { out, err } = await run(outputCommand, ['T']);
    expect(out).toBe('a\nb\\x07');
    expect(err).toMatch(
      /^task T, run-1, began [^\n]*, 2 attempts: success,\n {2}exit code 0\n {2}attempt 1, 1 s: exit code 1\n/,
    );
    expect(err.endsWith('bad\n')).toBe(true);
    expect((await run(outputCommand, ['T'], { stdout: true })).err).toMatch(/\n\n$/);
    expect(await run(outputCommand, ['T'], { stderr: true })).toMatchObject({ out: '' });
    const json = JSON.parse((await run(outputCommand, ['task/T', 's1/run-1'], { json: true })).out);
    expect(json).toMatchObject({ item: 'task/T', run: 'run-1', session: 's1', running: false, attempts: 2 });
  });

  test('of a run that wrote nothing says so, and names the run of its task', async () => {
    const of = (run: string, more: Partial<RunLine>): RunLine => ({ ...runLine('C', run), ...more });
    kept([
      startLine(),
      of('run-1', { reason: 'exit code 1', task: 'U' }),
      of('run-2', { tasks: [] }),
      runLine('C', 'run-3'),
    ]);
    const nothing = 'has written nothing, or nothing of it is kept (keep_output)';
    expect(await run(outputCommand, ['C', '3'])).toEqual({
      status: 1,
      out: '',
      err: `whenever: run-1 of condition/C ${nothing}; of its task: whenever output U run-1\n`,
    });
    expect((await run(outputCommand, ['C', 'run-2'])).err).toBe(`whenever: run-2 of condition/C ${nothing}\n`);
    expect((await run(outputCommand, ['C'])).err).toContain('; of its task: whenever output T run-3\n');
    io.terminals = [2];
    expect((await run(outputCommand, ['C', '3'])).err).toMatch(/^condition C, run-1, [^\n]*: success, exit code 1\n/);
    expect((await run(outputCommand, ['C', '4'])).err).toBe('whenever: no run of C matches "4"\n');
  });

  test('that is followed comes as it is written, and says what is missing', async () => {
    io.terminals = [2];
    const pieces = [
      { item: 'task/T', running: 'run-7' },
      { stream: 'stdout', text: 'one\n' },
      { leftOut: 5 },
      { stream: 'stderr', text: 'two\n' },
    ];
    const followed =
      (end: object): Answer =>
      (request, part) => {
        expect(request).toEqual({ request: 'output', item: 'T', follow: true });
        for (const piece of pieces) part(piece);
        return latest({ followed: true, ...end });
      };
    io.answer = followed({});
    expect(await run(outputCommand, ['T'], { follow: true })).toEqual({
      status: 0,
      out: 'one\n',
      err: 'task T, run-7, which is under way\nwhenever: 5 bytes left out here\ntwo\n',
    });
    expect(
      (await run(outputCommand, ['T'], { follow: true, json: true })).out
        .split('\n')
        .map((line) => line && JSON.parse(line)),
    ).toEqual([...pieces, '']);
    io.answer = followed({ leftOut: 9, latest: { run: 'run-7', running: false, output: { stdout: 'end\n' } } });
    const much = await run(outputCommand, ['T'], { follow: true });
    expect([much.status, much.out]).toEqual([0, 'one\nend\n']);
    expect(much.err).toContain(
      'task T, run-7, the last one\nwhenever: there was too much to follow; the last of it is:\n',
    );
    io.answer = followed({ leftOut: 9 });
    expect((await run(outputCommand, ['T'], { follow: true })).out).toBe('one\n');
    // The reader of standard output has gone.
    io.answer = () => undefined;
    expect(await run(outputCommand, ['T'], { follow: true })).toEqual({ status: 0, out: '', err: '' });
  });

  test('that cannot be followed is refused', async () => {
    expect(await run(outputCommand, ['T', '1'], { follow: true })).toEqual({
      status: 2,
      out: '',
      err: 'whenever: RUN: only the run that is under way can be followed\n',
    });
    expect((await run(outputCommand, ['T'], { follow: true })).status).toBe(3);
    expect((await run(outputCommand, ['T'])).status).toBe(3);
  });

  test('of a running instance is that of the run under way, or says that there is none', async () => {
    const underWay = { run: 'run-2', running: true, output: {} };
    io.answer = () => latest({ latest: underWay });
    expect((await run(outputCommand, ['T'])).err).toBe('whenever: run-2 of task/T has written nothing yet\n');
    expect(JSON.parse((await run(outputCommand, ['T'], { json: true })).out)).toEqual({
      ...{ item: 'task/T', run: 'run-2', running: true },
    });
    expect((await run(outputCommand, ['T', 'run-1'])).err).toBe(
      'whenever: no run of T matches "run-1": no history is kept\n',
    );
    const directory = join(root, 'none');
    io.answer = () => latest({ history: directory });
    expect((await run(outputCommand, ['T'])).err).toBe(
      `whenever: no run of T is known: there is no history in ${directory}\n`,
    );
    io.answer = ({ request }) =>
      request === 'near'
        ? { known: false, hint: ', did you mean "T"?', elsewhere: [], names: [], total: 1 }
        : latest({ known: false });
    expect((await run(outputCommand, ['X'])).err).toBe('whenever: no item "X", did you mean "T"?\n');
  });
});

describe('history', () => {
  const status = { config: '/c.toml', started: THEN, conditions: [{ name: 'New' }], tasks: [{ name: 'Other' }] };

  test('of which none is kept says so', async () => {
    const none = 'is kept yet: each run of the daemon adds to it, unless [history] has enabled = false\n';
    expect(await run(historyCommand, [], { count: 20 })).toEqual({
      status: 1,
      out: '',
      err: `whenever: no history ${none}`,
    });
    expect((await run(historyCommand, [], { count: 20, config: '/c.toml' })).err).toBe(
      `whenever: no history of /c.toml ${none}`,
    );
  });

  test('has the runs, or says why there are none', async () => {
    const directory = kept([startLine(), claimLine('C', 'run-1'), runLine('C', 'run-1')]);
    const found = await run(historyCommand, [], { count: 20 });
    expect(found.status).toBe(0);
    expect(found.out).toContain(`History in ${directory}, last written `);
    const nothing = async (words: readonly string[], options: object) =>
      (await run(historyCommand, words, { count: 20, ...options })).err;
    expect(await nothing([], { failed: true })).toBe(
      `whenever: nothing has failed: the history in ${directory} has none\n`,
    );
    expect(await nothing(['C'], { since: () => THEN + 30_000 })).toBe(
      `whenever: no runs of C in this time: the history in ${directory} has none\n`,
    );
    expect(await nothing(['task/C', 'Q'], {})).toBe(
      'whenever: no item "task/C"; there are no items\nwhenever: no item "Q", did you mean "C"?\n',
    );
    expect((await run(historyCommand, ['Q'], { count: 20, json: true })).out).toBe('');
  });

  test('of the instance that runs says so, and knows its items', async () => {
    const directory = kept([startLine(), claimLine('C', 'run-1'), runLine('C', 'run-1')]);
    io.answer = () => status;
    for (const config of [undefined, '/c.toml']) {
      const options = { count: 20, ...(config ? { config } : {}) };
      expect((await run(historyCommand, [], options)).out).toContain('History of /c.toml, of the running instance\n');
      expect((await run(historyCommand, ['New'], options)).err).toBe(
        `whenever: no runs of New: the history in ${directory} has none\n`,
      );
    }
    kept([startLine(), runLine('D', 'run-1')], '/d.toml');
    expect((await run(historyCommand, ['New'], { count: 20, config: '/d.toml' })).err).toBe(
      'whenever: no item "New" (known: D)\n',
    );
    io.answer = () => Promise.reject(new Error('it hangs'));
    expect(await run(historyCommand, [], { count: 20 })).toEqual({ status: 2, out: '', err: 'whenever: it hangs\n' });
  });

  test('has statistics', async () => {
    kept([startLine(), claimLine('C', 'run-1'), runLine('C', 'run-1')]);
    expect((await run(historyCommand, [], { stats: true })).out).toContain('condition/C');
    const { items, config } = JSON.parse((await run(historyCommand, ['C'], { stats: true, json: true })).out);
    expect(config).toBe(null);
    expect(items).toMatchObject([{ item: 'condition/C', runs: 1, failures: 0, successRate: 1 }]);
    expect((await run(historyCommand, [], { stats: true, since: () => THEN + 30_000 })).status).toBe(1);
  });
});

describe('what became of an instant', () => {
  const sentences = (lines: readonly HistoryLine[], at = THEN, lengthMs = 60_000) => {
    const accounts = new ConditionAccounts('C');
    for (const line of lines) accounts.apply(line);
    return instantSentences(accounts, { at, lengthMs }, [], THEN + 3_600_000);
  };
  const ended = (more: Partial<RunLine>): string => {
    const line = { ...runLine('C', 'run-1', THEN + 2000), ...more } as HistoryLine;
    return sentences([startLine(), claimLine('C', 'run-1', THEN), line])[0]!.replace(/^.*because due; /, '');
  };

  test.each<[Partial<RunLine>, string]>([
    [{ outcome: 'success' }, 'it succeeded in 2 s.'],
    [{ outcome: 'none' }, 'it ended in 2 s without an outcome.'],
    [{ outcome: 'cancelled' }, 'it was cancelled after 2 s.'],
    [{ outcome: 'replaced' }, 'a new run has taken its place after 2 s.'],
    [{ outcome: 'interrupted' }, 'it was interrupted.'],
    [
      { outcome: 'interrupted', task: 'T', reason: 'killed', last_line: 'so far' },
      'it was interrupted, task T: killed: "so far".',
    ],
    [{ outcome: 'failure', task: 'T', reason: 'exit code 1' }, 'it failed in 2 s, task T: exit code 1.'],
  ])('%j', (more, words) => {
    expect(ended(more)).toBe(words);
  });

  test('has a run that is under way, those that began, and how many more', () => {
    const claims = Array.from({ length: 7 }, (_, i) => claimLine('C', `run-${i + 1}`, THEN + i * 1000 + 500));
    const found = sentences([startLine(THEN - 5000), claimLine('C', 'run-0', THEN - 1000), ...claims]);
    expect(found).toHaveLength(7);
    expect(found[0]).toMatch(/: it was running, as run-0, because due; it runs, or its end is not known\.$/);
    expect(found.at(-1)).toBe('It began 2 more runs in this minute.');
  });
});

test('an instant is late, open, or missed and made up for', () => {
  const accounts = new ConditionAccounts('C');
  const caught = { ...claimLine('C', 'run-2', THEN + 60_000), code: 'catching-up' } as HistoryLine;
  for (const line of [startLine(), claimLine('C', 'run-1', THEN + 3000), caught]) accounts.apply(line);
  const [first] = accounts.runs;
  const sentence = (account: Omit<InstantAccount, 'at'>, at = THEN): string =>
    instantSentences(accounts, { at, lengthMs: 60_000 }, [{ at, ...account }], THEN + 120_000)[0]!.slice(23);
  expect(sentence({ verdict: 'late', run: first!, why: 'run-1 ran for it' })).toBe(
    ': it ran 3 s later, as run-1: it runs, or its end is not known.',
  );
  expect(sentence({ verdict: 'open', run: null, why: 'it is held by a guard' })).toBe(': it is held by a guard.');
  expect(sentence({ verdict: 'paused', run: null, why: 'paused' })).toBe(': it did not run: paused.');
  expect(sentence({ verdict: 'missed', run: null, why: 'asleep' })).toBe(
    ': it did not run: asleep. Misses were made up for at 2026-11-10 12:01:00 Tue by run-2: it runs, or its end is not known.',
  );
  expect(sentence({ verdict: 'not-running', run: null, why: 'off' }, THEN + 90_000)).toBe(': it did not run: off.');
});

describe('a history held against a file', () => {
  test('has the runs that go on, and what is not accounted for', async () => {
    const file = join(root, 'c.toml');
    writeFileSync(
      file,
      '[[task]]\nname = "T"\ntype = "command"\nstartup_path = "/"\ncommand = "true"\ncommand_arguments = []\n[[condition]]\nname = "C"\ntype = "time"\ntime_specifications = [{}]\ntasks = ["T"]\n[[condition]]\nname = "D"\ntype = "time"\ntime_specifications = [{}]\ntasks = ["T"]\n',
    );
    await expect(verifyHistory(file, {}, THEN)).rejects.toThrow(`there is no history of ${file} yet`);
    const item = { kind: 'item', time: new Date(THEN - 7_200_000).toISOString(), session: 's1' } as const;
    kept(
      [
        startLine(THEN - 7_200_000),
        { ...item, condition: 'C', change: 'added', type: 'time', schedule: '[[{}],null]' },
        { ...claimLine('C', 'run-1', THEN), until: new Date(THEN).toISOString() } as HistoryLine,
      ],
      file,
    );
    expect(await verifyHistory(file, { json: true }, THEN + 60_000)).toBe(0);
    const { instants } = JSON.parse(io.out);
    expect(instants).toEqual(
      [11, 12].map((hour) => ({
        ...{ condition: 'C', at: `2026-11-10T${hour}:00:00.000Z`, verdict: 'ran', why: 'run-1 ran for it' },
        run: expect.objectContaining({ run: 'run-1', claimed: '2026-11-10T12:00:00.000Z', ended: null, outcome: null }),
      })),
    );
    io.out = '';
    expect(await verifyHistory(file, { from: THEN - 1000 }, THEN + 60_000)).toBe(0);
    expect(
      io.out
        .split('\n')
        .slice(1)
        .map((line) => line.split(/\s+/).join(' ')),
    ).toEqual(['C 2026-11-10 12:00:00 Tue 1 ran runs', '', '1 instant, 0 unexplained', '']);
    io.out = '';
    expect(await verifyHistory(file, { from: THEN + 1000 }, THEN + 60_000)).toBe(0);
    expect(io.out).toBe('0 instants, 0 unexplained\n');
  });
});

describe('an instant of the history', () => {
  const at = { at: () => 0 };
  const asked = (ms: number, lengthMs = 60_000) => ({ ...at, at: { at: ms, lengthMs } });

  test('is explained by the history, also with a window, or is of no known condition', async () => {
    expect((await run(explainCommand, ['C'], asked(THEN))).err).toBe(
      'whenever: there is no history yet: it begins with the first run of whenever\n',
    );
    const item = { kind: 'item', time: new Date(THEN - 7_200_000).toISOString(), session: 's1' } as const;
    const schedule = '[[{}],null,{"only":[{"hour":12}]}]';
    kept([
      startLine(THEN - 7_200_000),
      { ...item, condition: 'C', change: 'added', type: 'time', schedule },
      { ...item, condition: 'Other', change: 'added', type: 'bucket' },
      { ...claimLine('C', 'run-1', THEN), until: new Date(THEN).toISOString() } as HistoryLine,
      runLine('C', 'run-1', THEN + 2000, 'none'),
    ]);
    expect((await run(explainCommand, ['C'], asked(THEN))).out).toMatch(
      /^2026-11-10 12:00:00 Tue: it ran, as run-1: it ended in 2 s without an outcome\.\n$/,
    );
    const { instants } = JSON.parse((await run(explainCommand, ['C'], { ...asked(THEN), json: true })).out);
    expect(instants).toMatchObject([{ at: '2026-11-10T12:00:00.000Z', verdict: 'ran' }]);
    // Outside of its window it has no instant.
    expect((await run(explainCommand, ['C'], asked(THEN - 3_600_000))).out).toContain(
      'There was no run before.\nThe run after: 2026-11-10 12:00:00 Tue, due; it ended in 2 s without an outcome.\n',
    );
    expect(await run(explainCommand, ['Othr'], asked(THEN))).toEqual({
      status: 1,
      out: '',
      err: 'whenever: the history has no condition "Othr", did you mean "Other"?\n',
    });
  });
});

describe('a running instance', () => {
  const near = (more: object = {}) => ({ known: false, hint: '', elsewhere: [], names: ['A'], total: 1, ...more });

  test('has no events, or those of no topic', async () => {
    const events: unknown[] = [];
    io.answer = ({ request }) => (request === 'near' ? near({ known: true }) : { events, total: 0 });
    expect(await run(eventsCommand, ['t'], { count: 5 })).toMatchObject({
      status: 1,
      err: 'whenever: topic "t" has no events\n',
    });
    io.answer = () => ({ topics: [{ topic: 'a', total: 0, last: null }] });
    expect(await run(eventsCommand, [], { count: 5 })).toEqual({ status: 1, out: '', err: 'whenever: no events\n' });
    io.answer = () => ({ topics: [{ topic: 'a', total: 1, last: null }] });
    expect((await run(eventsCommand, [], { count: 5 })).out).toMatch(/^TOPIC.*\na +1 +-\n$/);
  });

  test('is followed until the reader has gone, and what is missing is counted', async () => {
    const event = { time: THEN, topics: ['t'], item: null, cause: null, message: 'hello' };
    io.answer = ({ request }, part, signal) => {
      if (request === 'near') return near({ hint: ', did you mean "t"?' });
      part({ dropped: 3 });
      part(event);
      expect(signal?.aborted).toBe(io.failures.length === 0 && io.out === '');
      return {};
    };
    const text = await run(eventsCommand, ['u'], { count: 5, follow: true });
    expect(text.out).toBe('(3 are missing here)\n2026-11-10 12:00:00 Tue t: hello\n');
    expect(text.err).toBe('whenever: topic "u" has no events, did you mean "t"?\n');
    const { out } = await run(eventsCommand, [], { count: 5, follow: true, json: true });
    expect(out.split('\n')[0]).toBe('{"dropped":3}');
    io.failures = ['EPIPE', 'EPIPE'];
    expect(await run(eventsCommand, [], { count: 5, follow: true })).toEqual({ status: 0, out: '', err: '' });
  });

  test('answers commands, and names that it does not know are explained', async () => {
    const answer = (kind: string, found: object) =>
      ((request) =>
        request.request === 'near'
          ? found instanceof Error
            ? Promise.reject(found)
            : found
          : { kind, said: 'it said' }) as Answer;
    io.answer = answer('no-effect', near({ elsewhere: ['task/T'] }));
    expect((await run(ctlCommand, ['run', 'T'])).err).toBe(
      'whenever: no condition "T", but there is a task: whenever run FILE T\n',
    );
    io.answer = answer('no-effect', near({ elsewhere: ['event/T'] }));
    expect((await run(ctlCommand, ['run', 'T'])).err).toBe(
      'whenever: no condition "T", but there is an event: whenever story event/T\n',
    );
    io.answer = answer('no-effect', new NotRunningError('/s'));
    expect(await run(ctlCommand, ['run', 'T'])).toEqual({ status: 1, out: '', err: 'whenever: it said\n' });
    io.answer = answer('no-effect', new Error('broken'));
    expect(await run(ctlCommand, ['run', 'T'])).toEqual({ status: 2, out: '', err: 'whenever: broken\n' });
    io.answer = answer('no-effect', near());
    expect((await run(ctlCommand, ['newer', 'x'])).err).toBe('whenever: it said\n');
    io.answer = answer('refused', near());
    expect(await run(ctlCommand, ['pause', 'x'])).toEqual({ status: 2, out: '', err: 'whenever: it said\n' });
    expect((await run(ctlCommand, ['puase'])).err).toBe('whenever: it said, did you mean "pause"?\n');
    expect((await run(ctlCommand, ['help'])).out).toContain('pause');
  });

  test('does not grant a lock', async () => {
    io.answer = () => ({ granted: false, ended: false, holder: 'a\nb' });
    const options = { conflictStatus: 9, wait: 0 };
    expect(await run(lockCommand, ['disk', 'true'], options)).toEqual({
      status: 9,
      out: '',
      err: 'whenever: lock "disk" was not granted: a\\nb has it\n',
    });
    io.answer = () => ({ granted: false, ended: false, holder: null });
    expect((await run(lockCommand, ['disk', 'true'], options)).err).toBe('whenever: lock "disk" was not granted\n');
    io.answer = () => ({ granted: false, ended: true, holder: null });
    expect((await run(lockCommand, ['disk', 'true'], options)).status).toBe(3);
    io.answer = () => Promise.reject(new Error('broken'));
    expect(await run(lockCommand, ['disk', 'true'], options)).toMatchObject({ status: 2, err: 'whenever: broken\n' });
  });

  test('gives names to a shell, each once', async () => {
    const names = async (...args: readonly string[]): Promise<string> => {
      io.out = '';
      expect(await printNames(args)).toBe(0);
      return io.out;
    };
    const condition = { name: 'A', type: 'time', group: 'waiting' };
    const tasks = [
      { name: 'A', type: 'lua', state: 'idle' },
      { name: 'B c', type: 'lua', state: 'idle' },
    ];
    io.answer = ({ request }) =>
      request === 'events'
        ? { topics: [{ topic: 'own', total: 1, last: null }] }
        : { conditions: [condition, condition], tasks, config: join(root, 'none.toml') };
    expect(await names('condition,task', 'story', '')).toBe('A\tcondition, time, waiting\n');
    expect(await names('condition,task', 'story', 'x,task/')).toBe('x,task/A\ttask, lua, idle\n');
    expect(await names('event', 'story', '')).toBe('');
    expect(await names('topic', 'events', '')).toBe('own\n');
    expect(await names('condition', 'nothing', '')).toBe('A\tcondition, time, waiting\n');
    io.answer = () => ({ events: [] });
    expect(await names('topic', 'events', '')).toBe('');
    io.answer = () => undefined;
    expect(await names('condition')).toBe('');
    expect(await names('condition', 'check', join(root, 'none.toml'), '')).toBe('');
    const file = join(root, 'c.toml');
    writeFileSync(file, '[[event]]\nname = "E"\ntype = "cli"\n[[event]]\nname = "F"\n');
    expect(await names('event,cli-event', 'next', file, '')).toBe('E\tevent, cli\nF\tevent\n');
    expect(await names('cli-event', 'next', file, '')).toBe('E\tevent, cli\n');
  });

  test('explains what failed by what the environment lacks', async () => {
    const last = {
      ...{ outcome: 'failure', failed: true, time: THEN, with: 'T', reason: null, lastLine: null },
      ...{ seconds: 1, streak: { count: 1, time: THEN } },
    };
    const report = {
      ...{
        name: 'C',
        type: 'command',
        group: 'exhausted',
        state: 'exhausted',
        next: null,
        why: 'it failed',
        running: [],
      },
      ...{ last, lastCheck: 'failed' },
    };
    const chapter = {
      ...{ key: 'condition/C', start: 'waiting', finish: 'checking', why: 'due', count: 1, time: THEN, lastTime: THEN },
      ...{ cause: null, lastCause: null, run: null, lastRun: null },
    };
    let status: object = report;
    const commands = [
      { item: 'task/T', program: 'tool', inherits: true, names: [], path: null },
      { item: 'condition/C', program: 'probe', inherits: true, names: [], path: null },
      { item: 'task/Other', program: 'tool', inherits: true, names: [], path: null },
    ];
    io.answer = ({ request }) =>
      request === 'environment'
        ? { path: '/nowhere', names: ['PATH'], commands }
        : { condition: 'C', known: true, status, chapters: [chapter], more: 0, asOf: THEN };
    for (const name of ['tool', 'probe']) writeFileSync(join(root, name), '', { mode: 0o755 });
    vi.stubEnv('PATH', root);
    const explained = async () => (await run(explainCommand, ['C'], { count: 1 })).out;
    const lacks = (name: string): string => `${name} is in ${root}, which is in your PATH and not in the daemon's.\n`;
    const failed = await explained();
    expect(failed).toContain(': task T: it gave no reason.\n');
    expect(failed).toContain(lacks('tool') + lacks('probe'));
    expect(failed).toContain('whenever ctl reset_conditions C\n');
    status = { ...report, last: { ...last, with: null, reason: 'odd', lastLine: 'x' } };
    expect(await explained()).toContain(': odd: "x".\n');
    status = { ...report, last: null };
    expect(await explained()).not.toContain(lacks('tool'));
    for (const none of [
      { last: null, lastCheck: null },
      { last: null, type: 'interval' },
    ]) {
      status = { ...report, ...none };
      expect(await explained()).not.toContain('your PATH');
    }
    status = report;
    vi.stubEnv('PATH', undefined);
    expect(await explained()).not.toContain('your PATH');
    io.terminals = [1];
    expect(await explained()).toContain('  2026-11-10 12:00:00 Tue, 1 min ago: ');
  });

  test('has a shared state, or not', async () => {
    io.answer = () => ({ found: false });
    const { status, err } = await run(stateCommand, ['get', 'disk', 'limit']);
    expect([status, err]).toEqual([1, 'whenever: the shared state "disk" has no key "limit"\n']);
    expect((await run(stateCommand, ['remove', 'disk'])).err).toBe('whenever: the shared state "disk" is not there\n');
    io.answer = (request) => {
      expect(request).toEqual({ request: 'state', action: 'list' });
      return { found: true, names: ['a', 'b'] };
    };
    expect((await run(stateCommand, ['list'])).out).toBe('a\nb\n');
  });

  test('is dumped to standard output, as long as that is read', async () => {
    io.answer = () => ({ format: 'whenever dump' });
    expect(await run(dumpCommand, ['-'])).toEqual({ status: 0, out: '{\n "format": "whenever dump"\n}\n', err: '' });
    io.failures = ['EPIPE'];
    expect((await run(dumpCommand, ['-'])).status).toBe(1);
  });

  test('has a status that is shown again on a terminal, and at its own place', async () => {
    const report = {
      ...{
        config: '/c.toml',
        started: THEN,
        now: THEN,
        version: '2',
        state: 'running',
        paused: false,
        pausedUntil: null,
      },
      ...{ pid: 1, conditions: [], tasks: [], unknown: [], tickSeconds: 5, counts: {}, failed: null },
    };
    io.answer = () => report;
    io.failures = ['EPIPE'];
    expect(await run(statusCommand, [], { watch: true, json: true })).toEqual({ status: 0, out: '', err: '' });
    expect((await run(statusCommand, [], { failed: true, json: true })).status).toBe(1);
    expect(JSON.parse(io.out)).toMatchObject({ started: new Date(THEN).toISOString(), conditions: [] });
    io.failures = ['EPIPE'];
    expect((await run(statusCommand, [], { watch: true })).status).toBe(0);
    vi.stubEnv('TERM', 'xterm');
    io.terminals = [1];
    io.failures = ['EPIPE'];
    expect((await run(statusCommand, [], { watch: true })).status).toBe(0);
  });

  test('has a story with what runs have written', async () => {
    const chapter = {
      ...{ key: 'condition/C', start: 'waiting', finish: 'checking', why: 'due', count: 1, time: THEN, lastTime: THEN },
      ...{ cause: 'tick-1', lastCause: 'tick-1', run: null, lastRun: null },
    };
    const output = 'one';
    io.answer = ({ request }) =>
      request === 'near' ? near() : { chapters: [chapter, { ...chapter, output }], dropped: 2 };
    const plain = await run(storyCommand, ['C', 'tick-9', 'Q'], { count: 9 });
    expect(plain.out.split('\n')).toHaveLength(5);
    expect(plain.out).toContain('(2 older chapters of all items are no longer kept)\n');
    expect(plain.err).toBe(
      'whenever: no change of state with cause tick-9 (of repeated changes only the first and the last are kept)\nwhenever: no item "Q" (known: A)\n',
    );
    io.terminals = [1];
    expect((await run(storyCommand, ['C'], { count: 9 })).out).toContain('      due\n');
    expect((await run(storyCommand, ['C'], { count: 9, verbose: true })).out).toContain('one');
    io.terminals = [];
    const verbose = (await run(storyCommand, ['C'], { count: 9, verbose: true })).out.split('\n');
    expect(verbose.map((line) => line.trim().split(' ')[0])).toEqual([
      'WHEN',
      '2026-11-10',
      '2026-11-10',
      '|',
      '(2',
      '',
    ]);
  });
});

describe('commands without an instance', () => {
  const cwd = process.cwd();
  afterEach(() => process.chdir(cwd));

  test('init writes a file once, and names it as a shell takes it', async () => {
    vi.stubEnv('XDG_CONFIG_HOME', join(root, 'config'));
    expect((await run(initCommand, [])).out).toContain('\n  whenever check\n');
    expect((await run(initCommand, [])).err).toBe(
      `whenever: ${join(root, 'config/whenever/whenever.toml')} exists, and is left as it is\nwhenever: edit it, or write another file: whenever init my.toml\n`,
    );
    const odd = join(root, "it's.toml");
    expect((await run(initCommand, [odd])).out).toContain(`  whenever check '${odd.replace("'", "'\\''")}'\n`);
    expect((await run(initCommand, [odd])).err).toContain('whenever init other.toml\n');
    expect((await run(initCommand, [root])).err).toContain(`whenever: ${root} is a directory; to write a file in it: `);
    expect((await run(initCommand, [join(odd, 'x.toml')])).err).toContain(`whenever: cannot write ${odd}/x.toml: `);
  });

  test('convert reads units and crontabs, and refuses what it cannot read or write', async () => {
    const units = join(root, 'units');
    mkdirSync(join(units, 'timers.target.wants'), { recursive: true });
    mkdirSync(join(units, 'a.service.d'));
    writeFileSync(join(units, 'a.timer'), '[Timer]\nOnCalendar=daily\n');
    writeFileSync(join(units, 'timers.target.wants/a.timer'), '');
    writeFileSync(join(units, 'a.service'), '[Service]\nType=oneshot\nExecStart=/bin/true\n');
    writeFileSync(join(units, 'a.service.d/nice.conf'), '[Service]\nNice=3\n');
    expect((await run(convertCommand, ['systemd', units], { form: 'user' })).out).toContain('limits = { nice = 3 }');
    expect((await run(convertCommand, ['systemd', join(units, 'a.timer')])).err).toBe(
      `whenever: ${join(units, 'a.timer')}: it is not a directory\n`,
    );
    const crontab = join(root, 'crontab');
    writeFileSync(crontab, '0 5 * * * /bin/true\n');
    const { out } = await run(convertCommand, ['crontab', crontab], { form: 'user', cronEnvironment: true });
    expect(out).toContain('PATH = ');
    expect((await run(convertCommand, ['when', crontab], { cronEnvironment: true })).err).toBe(
      'whenever: --cron-environment goes with crontab\n',
    );
    const made = join(root, 'made.toml');
    expect((await run(convertCommand, ['crontab', crontab], { output: made })).out).toBe('');
    expect(readFileSync(made, 'utf8')).toContain('[[task]]');
    expect((await run(convertCommand, ['crontab', crontab], { output: made })).status).toBe(2);
    for (const [output, why] of [
      [join(root, 'none/x.toml'), `there is no directory ${join(root, 'none')}`],
      [join(made, 'x.toml'), `${made} is not a directory`],
    ])
      expect((await run(convertCommand, ['crontab', crontab], { output })).err).toContain(why);
    writeFileSync(crontab, 'CRON_TZ=Mars/Base\n0 5 * * * /bin/true\n');
    const odd = await run(convertCommand, ['crontab', crontab], { form: 'user' });
    expect([odd.status, odd.err]).toEqual([1, expect.stringContaining('to be mended before it is used: ')]);
    writeFileSync(crontab, Uint8Array.of(0xff, 0xfe, 0xff));
    expect((await run(convertCommand, ['crontab', crontab])).status).toBe(2);
  });

  test('service prints the file of a manager, and says what is installed', async () => {
    vi.stubEnv('XDG_CONFIG_HOME', join(root, 'config'));
    vi.stubEnv('PATH', root);
    vi.stubEnv('USERDOMAIN', 'HOST');
    const file = join(root, 'c.toml');
    expect((await run(serviceCommand, ['print', file], { for: 'windows' })).out).toContain('<UserId>HOST\\');
    expect((await run(serviceCommand, ['print', file])).out).toContain(file);
    const none = await run(serviceCommand, ['status', file]);
    expect([none.status, none.out]).toEqual([1, expect.stringMatching(/^installed {6}no: .*\nrunning {8}no\n$/)]);
    writeFileSync(file, '');
    const { status, out } = await run(serviceCommand, ['install', file], { for: 'systemd' });
    expect([status, out]).toEqual([
      1,
      expect.stringContaining('not done: there is no command systemctl here. Type:\n'),
    ]);
    expect((await run(serviceCommand, ['status'], { for: 'systemd' })).out).toContain(
      'enabled        not known: there is no command systemctl here\n',
    );
    const unit = join(root, 'config/systemd/user/whenever.service');
    const wants = join(root, 'config/systemd/user/default.target.wants');
    mkdirSync(wants);
    symlinkSync('../whenever.service', join(wants, 'whenever.service'));
    const gone = await run(serviceCommand, ['uninstall']);
    expect(gone.out).toBe(
      `removed ${unit} (the user unit for systemd)\nthe service manager was not reached: there is no command systemctl here. What it has started goes on\n`,
    );
    expect(readdirSync(wants)).toEqual([]);
  });

  test('show refuses a page on a terminal, and what is no recording; it ends when the reader has gone', async () => {
    const day = join(root, 'day.jsonl');
    writeFileSync(day, 'nothing\n');
    expect((await run(showCommand, [day])).err).toBe(`whenever: ${day} is neither a recording nor a JSON log\n`);
    io.terminals = [1];
    expect((await run(showCommand, [day], { as: 'html' })).err).toBe(
      `whenever: a page is not for a terminal: whenever show ${day} --as html -o FILE.html\n`,
    );
    expect((await run(showCommand, [day], { output: join(root, 'none/x.html') })).err).toMatch(/^whenever: --output: /);
    const options = { from: THEN, to: () => THEN + 86_400_000, journal: day, logLevel: 'warn', seed: 1 };
    const file = join(root, 'c.toml');
    writeFileSync(
      file,
      '[[task]]\nname = "T"\ntype = "lua"\nscript = "x = 1"\n[[condition]]\nname = "C"\ntype = "interval"\ninterval_seconds = 3600\nrecurring = true\ntasks = ["T"]\n',
    );
    rmSync(day);
    expect((await run(simulateCommand, [file], options)).out).toContain('C');
    expect((await run(simulateCommand, [file], { ...options, journal: join(file, 'x') })).err).toMatch(
      /^whenever: --journal: /,
    );
    io.terminals = [];
    expect((await run(showCommand, [day])).out).toMatch(/\ntask +24 .* 24 success\n +T +24 /);
    io.terminals = [1];
    io.failures = ['EPIPE', 'EPIPE', 'EPIPE', 'EPIPE'];
    expect(await run(showCommand, [day])).toMatchObject({ status: 0, out: '' });
  });

  test('web is not served for a file that is not there', async () => {
    expect(await run(webCommand, [join(root, 'none.toml')])).toEqual({
      status: 2,
      out: '',
      err: `whenever: expected a configuration file: there is none at ${root}/none.toml\n`,
    });
  });

  test('check shows findings with and without a place, and help', async () => {
    const file = join(root, 'c.toml');
    expect((await run(checkCommand, [join(root, 'none.toml')], {})).status).toBe(2);
    writeFileSync(file, 'a = \n');
    const { status, out, err } = await run(checkCommand, [file], {});
    expect([status, out + err]).toEqual([2, expect.stringContaining(`${file}:1:`)]);
  });
});

describe('standard output', () => {
  test('waits for a slow reader, and says once that it cannot be written', async () => {
    io.answer = () => ({ format: 'x' });
    io.failures = ['EAGAIN'];
    expect((await run(dumpCommand, ['-'])).out).toContain('"x"');
    io.terminals = [2];
    const progress = showProgress('reading', String);
    progress.at(1, 0.5);
    progress.clear();
    expect(printMessage('a\u0007')).toBe(true);
    expect(io.err.endsWith('whenever: a\\x07\n')).toBe(true);
    expect(hasLostOutput()).toBe(false);
    io.failures = ['ENOSPC'];
    expect(await run(dumpCommand, ['-'])).toEqual({
      status: 2,
      out: '',
      err: 'whenever: cannot write to standard output: ENOSPC: it does not work\n',
    });
    io.failures = ['ENOSPC'];
    expect((await run(dumpCommand, ['-'])).err).toBe('');
    expect(hasLostOutput()).toBe(true);
  });
});
