import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { eachFact, readRecordingFile } from '../../src/adapters/recording-reader.ts';
import { RecordingWriter } from '../../src/adapters/recording-writer.ts';
import type { Fact } from '../../src/journal/fact.ts';
import { Journal } from '../../src/journal/journal.ts';
import { decodeRecording } from '../../src/journal/recording-decoder.ts';
import { encodeFact } from '../../src/journal/recording-encoder.ts';
import { verify } from '../../src/journal/verify.ts';
import { json, jsonWithIds } from '../../src/log/format.ts';
import { SpanBuilder } from '../../src/renderings/span-builder.ts';
import { Statistics } from '../../src/renderings/statistics.ts';
import { daemon } from '../support/daemon.ts';
import { interval, TICK, task } from '../support/items.ts';

const HEAD = { journal: 3, version: '2.0.0', session: 's', started: 0, pid: 7 } as const;
const TOML = `${TICK}${task('T')}${interval('C', 5)}`;

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whenever-recording-'));
  path = join(folder, 'rec');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The facts of a minute of the daemon, and its end when it is to end. */
const minute = async (ends: boolean): Promise<Fact[]> => {
  const facts: Fact[] = [];
  const one = await daemon(TOML, { listener: (fact) => facts.push(fact), processes: { T: [{ seconds: 2 }] } });
  await one.advance(60);
  if (ends) {
    await one.submit('exit');
    await one.advance(10);
  }
  return facts;
};
/** The numbers of the facts in each line behind the head. */
const numbersIn = (text: string): number[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{"kind"'))
    .map((line) => decodeRecording(`${JSON.stringify(HEAD)}\n${line}\n`).facts.map(({ seq }) => seq));
const text = (facts: readonly Fact[]): string =>
  `${JSON.stringify({ ...HEAD, part: 1 })}\n${facts.map(encodeFact).join('')}`;
const write = (facts: readonly Fact[], largest?: number) => {
  const writer = new RecordingWriter(path, HEAD, largest);
  for (const fact of facts) {
    writer.write(fact);
    writer.flush();
  }
  writer.close();
};

describe('a recording', () => {
  test('has a head and one line of JSON for each fact, which reads as it was.', async () => {
    const facts = await minute(true);
    write(facts);
    expect(readFileSync(path, 'utf8')).toBe(text(facts));
    const recording = readRecordingFile(path);
    expect(recording).toMatchObject({ head: { ...HEAD, part: 1 }, cut: false, bad: [] });
    expect(recording.facts).toEqual(facts.map((fact) => JSON.parse(JSON.stringify(fact))));
  });

  test('is for its owner only.', () => {
    write([]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('is rotated by size, and its parts are read as one.', async () => {
    const facts = await minute(true);
    const largest = Math.ceil(text(facts).length / 4);
    write(facts, largest);
    expect(readdirSync(folder).sort()).toEqual(['rec', 'rec.1.gz', 'rec.2.gz', 'rec.3.gz']);
    expect(gunzipSync(readFileSync(join(folder, 'rec.3.gz'))).length).toBeLessThan(largest + 1000);
    expect(readRecordingFile(path).facts.map(({ seq }) => seq)).toEqual(facts.map(({ seq }) => seq));
    expect(verify(readRecordingFile(path)).problems).toEqual([]);
  });

  test('A rotation that fails leaves the file before open; it is reported once and tried again.', async () => {
    const facts = await minute(true);
    const inside = join(folder, 'in');
    mkdirSync(inside);
    path = join(inside, 'rec');
    const problems: string[] = [];
    const writer = new RecordingWriter(path, HEAD, Math.ceil(text(facts).length / 8), (problem) =>
      problems.push(problem),
    );
    const put = (some: readonly Fact[]): void => {
      for (const fact of some) {
        writer.write(fact);
        writer.flush();
      }
    };
    renameSync(inside, join(folder, 'away'));
    const middle = Math.floor(facts.length / 2);
    put(facts.slice(0, middle));
    expect(problems).toEqual([expect.stringMatching(/^recording .*rec: no new file can be begun.*ENOENT/)]);
    renameSync(join(folder, 'away'), inside);
    const later = performance.now() + 10_000;
    vi.spyOn(performance, 'now').mockReturnValue(later);
    put(facts.slice(middle));
    vi.restoreAllMocks();
    await writer.end(1000);
    expect(problems).toHaveLength(1);
    expect(existsSync(`${path}.1`) || existsSync(`${path}.1.gz`)).toBe(true);
    expect(readRecordingFile(path).facts.map(({ seq }) => seq)).toEqual(facts.map(({ seq }) => seq));
    expect(verify(readRecordingFile(path)).problems).toEqual([]);
  });

  test('More than twenty files are not kept; what is left is sound and says where it begins.', async () => {
    const facts = await minute(true);
    write(facts, Math.ceil(text(facts).length / 40));
    expect(readdirSync(folder)).toHaveLength(20);
    expect(existsSync(`${path}.19.gz`)).toBe(true);
    const found = verify(readRecordingFile(path));
    expect(found.problems).toEqual([]);
    expect(found.first).toBeGreaterThan(1);
    expect(found.last).toBe(facts.at(-1)?.seq);
  });

  test('Log records are read as the facts that listeners get.', async () => {
    const facts: Fact[] = [];
    const one = await daemon(TOML, { processes: { T: [{ seconds: 2 }] } });
    const writer = new RecordingWriter(path, HEAD);
    one.journal.subscribe((fact) => facts.push(fact));
    one.journal.subscribe(writer.write, writer.writeRecord);
    await one.advance(30);
    writer.close();
    const read = readRecordingFile(path);
    expect(read.facts).toEqual(facts.map((fact) => JSON.parse(JSON.stringify(fact))));
    expect(read.facts.filter(({ kind }) => kind === 'log').length).toBeGreaterThan(50);
    expect(numbersIn(readFileSync(path, 'utf8')).flat()).toEqual(facts.map(({ seq }) => seq));
    expect(verify(read).problems).toEqual([]);
  });

  test('Each start of the program begins a file of its own; the one before is kept as FILE.1.gz.', async () => {
    write(await minute(true));
    const before = readFileSync(path, 'utf8');
    new RecordingWriter(path, { ...HEAD, session: 'other' }).close();
    expect(gunzipSync(readFileSync(`${path}.1.gz`)).toString()).toBe(before);
    expect(statSync(`${path}.1.gz`).mode & 0o777).toBe(0o600);
    expect(readRecordingFile(path).facts).toEqual([]);
  });

  const numbers = (name = path) => readRecordingFile(name).facts.map(({ seq }) => seq);
  const numbersOf = (facts: readonly Fact[]) => facts.map(({ seq }) => seq);
  /** Writes in the background, and waits until each part is compressed. */
  const writeInBackground = async (facts: readonly Fact[], largest: number, problems: string[] = []) => {
    const writer = new RecordingWriter(path, HEAD, largest, (problem) => problems.push(problem));
    for (const fact of facts) {
      writer.write(fact);
      writer.flush();
    }
    await vi.waitFor(() => {
      expect(readdirSync(folder).filter((name) => name !== 'rec' && !name.endsWith('.gz'))).toEqual([]);
    }, 5000);
    return writer;
  };

  test('Parts are compressed in the background, also when more of them come meanwhile, and nothing is lost.', async () => {
    const facts = await minute(true);
    const problems: string[] = [];
    const writer = await writeInBackground(facts, Math.ceil(text(facts).length / 12), problems);
    await writer.end(1000);
    expect(problems).toEqual([]);
    expect(readdirSync(folder).length).toBeGreaterThan(10);
    expect(numbers()).toEqual(numbersOf(facts));
    expect(verify(readRecordingFile(path)).problems).toEqual([]);
    expect(numbers(`${path}.2.gz`).length).toBeGreaterThan(1);
  });

  describe.each<[when: string, left: { draft?: number; compressed?: true; plain: string }]>([
    ['the draft is whole', { draft: 10, plain: '.1' }],
    ['the draft has its name', { draft: 1e9, plain: '.1' }],
    ['the plain part has lost its name', { compressed: true, plain: '.1' }],
    ['the plain part is gone', { compressed: true, plain: '.old.tmp' }],
  ])('A program that is killed within a compression, before %s,', (_, { draft = 0, compressed = false, plain }) => {
    test('loses nothing, and the next start finishes it.', async () => {
      const facts = await minute(true);
      write(facts, Math.ceil(text(facts).length / 3));
      const bytes = readFileSync(`${path}.1.gz`);
      if (draft > 0) writeFileSync(`${path}.gz.tmp`, bytes.subarray(0, draft));
      if (!compressed) rmSync(`${path}.1.gz`);
      writeFileSync(path + plain, gunzipSync(bytes));
      expect(numbers()).toEqual(numbersOf(facts));
      new RecordingWriter(path, { ...HEAD, session: 'other' }).close();
      expect(readdirSync(folder).sort()).toEqual(['rec', 'rec.1.gz', 'rec.2.gz', 'rec.3.gz']);
      for (const [from, to] of [
        ['.1.gz', ''],
        ['.2.gz', '.1.gz'],
        ['.3.gz', '.2.gz'],
      ])
        renameSync(`${path}${from}`, `${path}${to}`);
      expect(numbers()).toEqual(numbersOf(facts));
    });
  });

  test('A part that cannot be compressed stays as it is; it is reported once, and the next one is another attempt.', async () => {
    const facts = await minute(true);
    mkdirSync(`${path}.gz.tmp`);
    const problems: string[] = [];
    const writer = new RecordingWriter(path, HEAD, Math.ceil(text(facts).length / 4), (problem) =>
      problems.push(problem),
    );
    for (const fact of facts) {
      writer.write(fact);
      writer.flush();
      await new Promise(setImmediate);
    }
    await vi.waitFor(() => expect(problems).toHaveLength(1));
    await writer.end(1000);
    expect(problems).toEqual([expect.stringMatching(/^recording .*rec: older parts are not compressed: .*EISDIR/)]);
    expect(numbers()).toEqual(numbersOf(facts));
  });

  test('Compressed files are read whatever they are called, cut off as well; a damaged one is named.', async () => {
    const facts = await minute(true);
    const bytes = gzipSync(text(facts));
    for (const [some, cut] of [
      [bytes, false],
      [bytes.subarray(0, bytes.length / 2), true],
    ] as const) {
      writeFileSync(path, some);
      const read = readRecordingFile(path);
      expect(read.cut).toBe(cut);
      expect(numbersOf(read.facts)).toEqual(numbersOf(facts.slice(0, read.facts.length)));
      expect(read.facts.length).toBeGreaterThan(20);
      const found: number[] = [];
      expect(eachFact(path, ({ seq }) => found.push(seq)).bad).toEqual([]);
      expect(found).toEqual(numbersOf(read.facts));
    }
    writeFileSync(path, bytes.fill(7, 100, 200));
    for (const read of [() => readRecordingFile(path), () => eachFact(path, () => {})])
      expect(read).toThrow(`${path}: it is damaged: `);
  });

  test('A file of another program with such a name is not touched.', async () => {
    writeFileSync(`${path}.gz`, 'mine');
    write(await minute(true), 10_000);
    expect(readFileSync(`${path}.gz`, 'utf8')).toBe('mine');
  });

  test('A directory is no place for one.', () => {
    mkdirSync(path);
    expect(() => new RecordingWriter(path, HEAD)).toThrow('is not a regular file');
    expect(statSync(path).isDirectory()).toBe(true);
  });

  test('Where no directory can be made there is no recording, and nothing hangs.', () => {
    for (const nowhere of ['/proc/x/y/rec', '/dev/null/rec'])
      expect(() => new RecordingWriter(nowhere, HEAD)).toThrow(/ENOENT|ENOTDIR|EEXIST/);
  });

  test('cut off in the middle of a line is read to its last whole fact, wherever it is cut.', async () => {
    const facts = await minute(false);
    const whole = Buffer.from(text(facts.slice(0, 40)).replace('T/', 'Tä/'));
    for (let length = whole.length; length > whole.length - 400; length--) {
      writeFileSync(path, whole.subarray(0, length));
      const recording = readRecordingFile(path);
      const lines = whole.subarray(0, length).toString().split('\n');
      const last = lines.at(-1) ?? '';
      // A line that only lacks its end is whole.
      const complete = last !== '' && last.endsWith('}') && length === whole.length - 1;
      expect(recording.facts.length).toBeGreaterThanOrEqual(lines.length - 2);
      expect(recording.cut).toBe(last !== '' && recording.facts.length === lines.length - 2);
      expect(recording.bad).toEqual([]);
      if (complete) expect(recording.facts).toHaveLength(40);
      expect(verify(recording).problems).toEqual([]);
    }
  });

  test('Lines that are no facts are named by number, not fatal.', async () => {
    const facts = await minute(true);
    const lines = text(facts).split('\n');
    lines.splice(3, 0, 'nonsense', '[1]', '{"kind":"unknown","seq":1}');
    const recording = decodeRecording(lines.join('\n'));
    expect(recording.bad).toEqual([4, 5, 6]);
    expect(recording.facts).toHaveLength(facts.length);
    expect(verify(recording).problems[0]).toBe('line 4 is neither a fact nor a record');
  });

  test('A log of JSON records with ids has the same causes and runs.', async () => {
    const one = await daemon(TOML, {});
    await one.advance(12);
    const recording = decodeRecording(one.records.all.map((record) => jsonWithIds(record)).join(''));
    expect(recording.head).toBeUndefined();
    const logs = recording.facts.filter((fact) => fact.kind === 'log');
    expect(logs.map(({ run, cause, message }) => [run, cause, message])).toEqual(
      one.records.all.map(({ origin, message }) => [origin?.run ?? null, origin?.cause ?? null, message]),
    );
  });

  test('A plain JSON trace log tells the story of tasks and their conditions, as far as the history goes.', async () => {
    const one = await daemon(TOML, {
      processes: { T: [{ seconds: 2 }, { seconds: 1, end: { how: 'exit', code: 1 } }] },
    });
    await one.advance(7.5);
    const journal = new Journal({ wall: () => 0, mono: () => 0 }, { storyLength: 0 });
    const recording = decodeRecording(one.records.all.map(json).join(''));
    for (const fact of recording.facts) journal.restore(fact);
    expect(journal.story('T').map(({ start, finish, why, run }) => [start, finish, why, run])).toEqual([
      ['idle', 'running', 'run by condition C', 'run-1'],
      ['running', 'succeeded', 'task succeeded', 'run-1'],
    ]);
    expect(journal.story('condition/C').map(({ finish }) => finish)).toEqual(['running', 'waiting']);
    expect(journal.records({ item: 'T', n: 1 })).toMatchObject([{ item: 'task/T', level: 'trace' }]);
    expect(verify(recording)).toMatchObject({ problems: [], taskRuns: 1 });
  });
});

describe('a plain log', () => {
  /** The stories that a log at trace tells, after so many seconds. */
  const told = async (toml: string, seconds: number, ...lines: readonly string[]) => {
    const one = await daemon(toml, { processes: { T: [{ end: { how: 'exit', code: 1 } }] }, level: 'trace' });
    for (const line of lines) await one.submit(line);
    await one.advance(seconds);
    const journal = new Journal({ wall: () => 0, mono: () => 0 }, { storyLength: 0 });
    const recording = decodeRecording(one.records.all.map(json).join(''));
    expect(verify(recording).problems).toEqual([]);
    for (const fact of recording.facts) journal.restore(fact);
    return (name: string) => journal.story(name).map(({ start, finish, why, count }) => [start, finish, why, count]);
  };

  test('tells of tasks in sequence as one run.', async () => {
    const story = await told(
      `${TICK}${task('A')}${task('T')}${task('B')}${interval('C', 5, '', '["A", "T", "B"]')}`,
      8,
    );
    expect(story('condition/C').slice(-2)).toEqual([
      ['waiting', 'running', 'the check was positive', 1],
      ['running', 'waiting', expect.stringMatching(/^task T failed: /), 1],
    ]);
  });

  test('tells of checks that were negative, and of conditions that are left out.', async () => {
    const story = await told(
      `${TICK}${task('T')}${interval('Later', 3600)}${interval('Off', 5, 'suspended = true')}${interval('Bare', 5, '', '[]')}`,
      18,
    );
    expect(story('condition/Later')).toEqual([['waiting', 'waiting', 'the check was negative', expect.any(Number)]]);
    expect(story('condition/Off').at(-1)).toMatchObject(['suspended', 'suspended', 'suspended', expect.any(Number)]);
    expect(story('condition/Bare').at(-1)).toMatchObject([
      'no-tasks',
      'no-tasks',
      'no tasks are listed',
      expect.any(Number),
    ]);
  });

  test('tells of conditions that are finished or given up.', async () => {
    const once = 'recurring = false';
    const story = await told(
      `${TICK}${task('A')}${task('T')}${interval('Once', 5, once, '["A"]')}${interval('Never', 5, `${once}\nmax_tasks_retries = 0`)}`,
      28,
    );
    expect(story('condition/Once').at(-1)?.slice(0, 2)).toEqual(['finished', 'finished']);
    expect(story('condition/Never').at(-1)?.slice(0, 3)).toEqual([
      ...['exhausted', 'exhausted', 'not recurring and no retries left'],
    ]);
  });
});

describe('--log-ids', () => {
  test('adds number, run and cause to each JSON record and changes nothing else.', async () => {
    const one = await daemon(TOML, {});
    await one.advance(12);
    let last = 0;
    for (const record of one.records.all) {
      const [without, with_] = [json(record), jsonWithIds(record)];
      const { journal, ...rest } = JSON.parse(with_) as { journal: { seq: number } };
      expect(JSON.stringify(rest)).toBe(without.trimEnd());
      expect(Object.keys(journal)).toEqual(['seq', 'run', 'cause']);
      expect(journal.seq).toBeGreaterThan(last);
      last = journal.seq;
    }
    const end = one.records.with('HIST/END')[0]!;
    expect(jsonWithIds(end)).toContain(`"journal":{"seq":${end.seq},"run":"run-1","cause":"tick-1"}}\n`);
  });
});

describe('whenever verify', () => {
  const sound = async () => decodeRecording(text(await minute(true)));
  /** What is said about a recording after a change to its facts. */
  const problemsAfter = async (change: (facts: Fact[]) => Fact[]) => {
    const recording = await sound();
    return verify({ ...recording, facts: change([...recording.facts]) }).problems;
  };
  const taskMove = (finish: string) => (fact: Fact) =>
    fact.kind === 'transition' && fact.key === 'task/T' && fact.finish === finish;

  test('A recording of the daemon is sound: runs and runs of tasks are counted.', async () => {
    expect(verify(await sound())).toMatchObject({
      problems: [],
      runs: 12,
      taskRuns: 12,
      first: 1,
      open: [],
      cut: false,
    });
  });

  test('After a gap states are unknown: what happened in it is not taken for a fault.', async () => {
    for (const finish of ['running', 'succeeded'])
      for (const more of [0, 1, 5])
        expect(
          await problemsAfter((facts) => {
            const at = facts.findIndex(taskMove(finish));
            return facts.toSpliced(at, 1 + more);
          }),
        ).toEqual([expect.stringMatching(/^facts? .* (is|are) missing$/)]);
  });

  test('Runs are counted as "whenever show" counts them.', async () => {
    const recording = await sound();
    const at = recording.facts.findIndex((fact) => fact.kind === 'span' && fact.category === 'run');
    const facts = recording.facts.toSpliced(at, 1);
    let shown = 0;
    const tally = new Statistics(({ categories }) => {
      shown = categories.find(({ category }) => category === 'run')?.count ?? 0;
    });
    const gatherer = new SpanBuilder(tally);
    for (const fact of facts) gatherer.take(fact);
    gatherer.end();
    expect(shown).toBe(11);
    expect(verify({ ...recording, facts }).runs).toBe(shown);
  });

  test('A task that starts or ends twice, in its states or in the history, is named.', async () => {
    const history = (mark: string) => (fact: Fact) => fact.kind === 'log' && fact.mark === mark;
    /** Replaces the second fact of a kind by a copy of the first, in its place. */
    const doubled = (is: (fact: Fact) => boolean) => (facts: Fact[]) => {
      const [first, second] = facts.filter(is);
      const { seq, time, mono } = facts[facts.indexOf(first!) + 1]!;
      expect(second).toBeDefined();
      return facts.with(facts.indexOf(first!) + 1, { ...first!, seq, time, mono });
    };
    expect(await problemsAfter(doubled(taskMove('running')))).toContainEqual(
      expect.stringMatching(/^fact \d+: task\/T starts while it is running$/),
    );
    expect(await problemsAfter(doubled(history('HIST/START')))).toContainEqual(
      expect.stringMatching(/^fact \d+: task T\/\d+ starts in the history while it is running$/),
    );
    expect(await problemsAfter(doubled(history('HIST/END')))).toContainEqual(
      expect.stringMatching(/^fact \d+: task T\/\d+ ends in the history without a start$/),
    );
  });

  test('A task that ends, and was never seen to start, is named. No facts are no fault.', async () => {
    const { facts, ...rest } = await sound();
    const end = facts.find(taskMove('succeeded'))!;
    expect(verify({ ...rest, facts: [{ ...end, seq: 1 }] }).problems).toEqual(['fact 1: task/T ends without a start']);
    expect(verify({ ...rest, facts: [] })).toMatchObject({ facts: 0, first: 0, last: 0, runs: 0, problems: [] });
  });

  test('A gap in the sequence is named.', async () => {
    expect(await problemsAfter((facts) => facts.toSpliced(20, 3))).toContain('facts 21 to 23 are missing');
  });

  test('A fact that comes twice or too late is named.', async () => {
    expect(await problemsAfter((facts) => facts.toSpliced(20, 0, facts[5]!))).toContain('fact 6 comes after fact 20');
  });

  test('A task that starts while it runs is named.', async () => {
    const problems = await problemsAfter((facts) => {
      const at = facts.findIndex(taskMove('succeeded'));
      return facts.toSpliced(at, 1).map((fact, i) => ({ ...fact, seq: i + 1 }));
    });
    expect(problems).toContainEqual(expect.stringMatching(/^fact \d+: task\/T starts while it is running$/));
  });

  test('A start in the history without its end, and an end without its start, are named.', async () => {
    const lacks = (mark: string) =>
      problemsAfter((facts) => {
        const at = facts.findLastIndex((fact) => fact.kind === 'log' && fact.mark === mark);
        return facts.toSpliced(at, 1).map((fact, i) => ({ ...fact, seq: i + 1 }));
      });
    expect(await lacks('HIST/END')).toEqual([expect.stringContaining('has a start in the history')]);
    expect(await lacks('HIST/START')).toEqual([expect.stringContaining('ends in the history without a start')]);
  });

  test('A run without a cause, or with two, is named.', async () => {
    const problems = await problemsAfter((facts) => {
      const own = facts.findIndex(({ run }) => run === 'run-1');
      const other = facts.findLastIndex(({ run }) => run === 'run-2');
      return facts.with(own, { ...facts[own]!, cause: null }).with(other, { ...facts[other]!, cause: 'tick-99' });
    });
    expect(problems).toContainEqual(expect.stringMatching(/run-1 has no cause/));
    expect(problems).toContainEqual(expect.stringMatching(/run-2 has the cause tick-99, and had tick-2/));
  });

  test('A clock that goes back is named; the wall clock may.', async () => {
    const problems = await problemsAfter((facts) => facts.with(30, { ...facts[30]!, mono: 0, time: 0 }));
    expect(problems).toEqual(['fact 31 is earlier than the one before it']);
    expect(await problemsAfter((facts) => facts.with(30, { ...facts[30]!, time: 0 }))).toEqual([]);
  });

  test('A change of state that does not go on from the one before is named.', async () => {
    const problems = await problemsAfter((facts) => {
      const at = facts.findIndex(taskMove('succeeded'));
      return facts.with(at, { ...facts[at]!, start: 'idle' } as Fact);
    });
    expect(problems).toEqual([expect.stringMatching(/task\/T goes from idle to succeeded, but was running/)]);
  });

  test('What runs when the program is killed is no problem, and is told.', async () => {
    const facts = await minute(false);
    const upTo = facts.findLastIndex(taskMove('running'));
    expect(verify(decodeRecording(text(facts.slice(0, upTo + 1))))).toMatchObject({
      ...{ problems: [], open: ['task/T'], ended: false },
    });
    expect(verify(decodeRecording(text(await minute(true)))).ended).toBe(true);
  });

  test('What runs after the end of the program is a problem.', async () => {
    const facts = await minute(false);
    const upTo = facts.findLastIndex(taskMove('running'));
    const end = { kind: 'event', topics: ['scheduler'], message: { action: 'end' } } as const;
    const { mono } = facts[upTo]!;
    const at = { seq: upTo + 2, time: 0, mono, item: null, run: null, cause: 'command-1' };
    const problems = (item: string | null) =>
      verify(decodeRecording(text([...facts.slice(0, upTo + 1), { ...end, ...at, item }]))).problems;
    expect(problems(null)).toContain('task/T has a start and no end');
    // What a script says under the topic of the scheduler is not its end.
    expect(problems('task/T')).not.toContain('task/T has a start and no end');
  });

  /** A recording as a daemon writes it, and the numbers of the facts in each line. */
  const written = async (): Promise<{ lines: string[]; numbers: number[][] }> => {
    const one = await daemon(TOML);
    const writer = new RecordingWriter(path, HEAD);
    one.journal.subscribe(writer.write, writer.writeRecord);
    await one.advance(60);
    await one.submit('exit');
    await one.advance(10);
    writer.close();
    const text = readFileSync(path, 'utf8');
    return { lines: text.split('\n'), numbers: [[], ...numbersIn(text)] };
  };

  test('Lines that are removed are missing, and no other fault is invented.', async () => {
    const { lines, numbers } = await written();
    for (let first = 2; first < lines.length - 20; first += 3)
      for (const count of [1, 4, 16]) {
        const gone = numbers.slice(first, first + count).flat();
        expect(verify(decodeRecording(lines.toSpliced(first, count).join('\n'))).problems).toEqual([
          gone.length === 1 ? `fact ${gone[0]} is missing` : `facts ${gone[0]} to ${gone.at(-1)} are missing`,
        ]);
      }
  });

  test('Lines that are swapped are out of order, and nothing is missing.', async () => {
    const { lines, numbers } = await written();
    for (let at = 1; at < lines.length - 4; at++) {
      const swapped = lines.with(at, lines[at + 1] ?? '').with(at + 1, lines[at] ?? '');
      expect(verify(decodeRecording(swapped.join('\n'))).problems).toEqual([
        `fact ${numbers[at]?.[0]} comes after fact ${numbers[at + 1]?.at(-1)}`,
      ]);
    }
  });

  test('Of very many problems the first hundred are told.', async () => {
    const problems = await problemsAfter((facts) => facts.filter(({ seq }) => seq % 2 === 0));
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toMatch(/^and \d+ more problems$/);
  });
});
