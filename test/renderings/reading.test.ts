import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eachFact, readRecordingFile } from '../../src/adapters/recording-reader.ts';
import { RecordingWriter } from '../../src/adapters/recording-writer.ts';
import type { Fact } from '../../src/journal/fact.ts';
import { recording, recordingLines } from '../support/recordings.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whenever-reading-'));
  path = join(folder, 'rec');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (wants?: readonly Fact['kind'][]) => {
  const facts: Fact[] = [];
  const found = eachFact(path, (fact) => facts.push(fact), wants);
  return { facts, found };
};
const HEAD = { journal: 2, version: '2.0.0', session: 's', started: 0, pid: 7 } as const;
const write = (facts: readonly Fact[], largest?: number, session: string = HEAD.session) => {
  const writer = new RecordingWriter(path, { ...HEAD, session }, largest);
  for (const fact of facts) {
    writer.write(fact);
    writer.flush();
  }
  writer.close();
};

describe('a recording that is read as a stream', () => {
  test('gives the same facts as one that is read as a whole, older parts first.', () => {
    const facts = [...recording({ seed: 1, facts: 1000 })];
    write(facts, 80_000);
    const { facts: found } = read();
    expect(found.length).toBeGreaterThan(500);
    expect(found).toEqual(readRecordingFile(path).facts);
    expect(found.at(-1)).toEqual(facts.at(-1));
  });

  test('does not take parts of an earlier run of the program for its own.', () => {
    write([...recording({ seed: 1, facts: 300 })], 40_000, 'before');
    const facts = [...recording({ seed: 2, facts: 20 })];
    write(facts);
    expect(read().facts).toEqual(facts);
  });

  test('takes only parts that go on from each other.', () => {
    const [before, after] = [...recording({ seed: 1, facts: 2 })] as [Fact, Fact];
    const part = (name: string, head: object, fact: Fact) =>
      writeFileSync(join(folder, name), `${JSON.stringify({ ...HEAD, ...head })}\n${JSON.stringify(fact)}\n`);
    part('rec', { part: 3 }, after);
    for (const [head, joined] of [
      [{ part: 2 }, true],
      [{ part: 1 }, false],
      [{ part: 2, session: 'another' }, false],
    ] as const) {
      part('rec.1', head, before);
      expect(read().facts, JSON.stringify(head)).toEqual(joined ? [before, after] : [after]);
    }
  });

  test('ends with the last whole line when it is cut off, and says so.', () => {
    const facts = [...recording({ seed: 1, facts: 10 })];
    write(facts);
    truncateSync(path, readFileSync(path).length - 5);
    const { facts: found, found: how } = read();
    expect(found).toEqual(facts.slice(0, -1));
    expect(how).toMatchObject({ cut: true, known: true, plain: false });
  });

  test('keeps characters whole where chunks meet.', () => {
    const [first] = recording({ seed: 1, facts: 1 });
    const texts = Array.from({ length: 400 }, (_, i) => `${'ä€😀'.repeat(400)}${i}`);
    write(texts.map((message, i) => ({ ...first, seq: i + 1, kind: 'event', topics: ['t'], message }) as Fact));
    expect(read().facts.map((fact) => fact.kind === 'event' && fact.message)).toEqual(texts);
  });

  test('reads lines that are longer than a chunk.', () => {
    const [first] = recording({ seed: 1, facts: 1 });
    const message = 'x'.repeat(5 << 20);
    write([{ ...first, kind: 'event', topics: ['t'], message } as Fact, first!]);
    expect(read().facts).toMatchObject([{ message }, { seq: 1 }]);
  });

  test('leaves out kinds that nobody wants, but for the last fact, which says until when things went on.', () => {
    const facts = [...recording({ seed: 1, facts: 500 })];
    const last = facts.findLastIndex(({ kind }) => kind === 'log');
    write(facts.slice(0, last + 1));
    const { facts: found } = read(['span', 'metric']);
    expect(found).toEqual(facts.slice(0, last + 1).filter((fact, i) => i === last || fact.kind !== 'log'));
  });

  test('names lines that are no facts.', () => {
    writeFileSync(path, [...recordingLines({ seed: 1, facts: 3 })].join('nonsense\n'));
    expect(read().found.bad).toEqual([2, 4, 6]);
    expect(read().found.known).toBe(true);
  });

  test('is told from what is no recording.', () => {
    writeFileSync(path, 'hello\n{"a":1}\n');
    expect(read().found).toMatchObject({ known: false, bad: [1, 2] });
    expect(() => eachFact(join(folder, 'missing'), () => {})).toThrow('no such file');
    expect(() => eachFact(folder, () => {})).toThrow('it is a directory');
  });
});
