import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hostFs, readText } from '../../src/adapters/host-fs.ts';
import { findingsOf } from '../../src/check/check-text.ts';
import { FINDINGS, type FindingId } from '../../src/check/findings.ts';
import { fakeMachine } from '../support/daemon.ts';

const folder = join(import.meta.dirname, 'corpus');
const files = readdirSync(folder).sort();
/** Folders with a `main.toml`, which includes files beside it. Its comments name the file of each finding too. */
const severalFiles = join(import.meta.dirname, 'folders');
const folders = readdirSync(severalFiles).sort();

/** The findings that a file names in its own comments: `# expect LINE:COLUMN ID some of the text`; the text is optional. */
const expected = (text: string): readonly { place: string; id: string; part: string }[] =>
  [...text.matchAll(/^# expect (\d+:\d+|file) ([\w-]+) ?(.*)$/gm)].map(([, place = '', id = '', part = '']) => ({
    place,
    id,
    part,
  }));

/** `LINE:COLUMN ID`, in the order of the file. */
const found = async (file: string, text: string) => {
  const { findings } = await findingsOf(file, text, fakeMachine);
  return findings.map(({ id, line, column, message, item }) => ({
    place: line === undefined ? 'file' : `${line}:${column}`,
    id,
    text: `${item ?? ''}: ${message}`,
  }));
};

describe('every file of the corpus has the findings that it names', () => {
  test.each(files)('%s', async (name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const wanted = expected(text);
    expect(wanted.length > 0 || /^# expect nothing$/m.test(text), 'it says what is expected').toBe(true);
    // The warnings about a refused file are those of other files.
    const refused = wanted.length > 0 && wanted.every(({ id }) => FINDINGS[id as FindingId].level === 'error');
    const list = (await found(name, text)).filter(({ id }) => !refused || FINDINGS[id].level === 'error');
    expect(list.map(({ place, id }) => `${place} ${id}`)).toEqual(wanted.map(({ place, id }) => `${place} ${id}`));
    for (const [i, { part }] of wanted.entries()) expect(list[i]!.text).toContain(part);
  });

  test.each(folders)('several files: %s', async (name) => {
    const main = join(severalFiles, name, 'main.toml');
    const text = readText(main);
    const wanted = [...text.matchAll(/^# expect (\S+ \d+:\d+ [\w-]+) ?(.*)$/gm)];
    expect(wanted.length > 0 || /^# expect nothing$/m.test(text), 'it says what is expected').toBe(true);
    const { findings } = await findingsOf(main, text, { ...hostFs, platform: 'linux' });
    const found = findings.map(
      ({ file, line, column, id }) => `${relative(dirname(main), file)} ${line}:${column} ${id}`,
    );
    expect(found).toEqual(wanted.map(([, place]) => place));
    for (const [i, [, , part = '']] of wanted.entries()) expect(findings[i]!.message).toContain(part);
  });

  test('each finding is in the corpus', () => {
    const several = folders.flatMap((name) =>
      [...readText(join(severalFiles, name, 'main.toml')).matchAll(/^# expect \S+ \d+:\d+ ([\w-]+)/gm)].map(
        ([, id]) => id,
      ),
    );
    const single = files.flatMap((name) => expected(readFileSync(join(folder, name), 'utf8')).map(({ id }) => id));
    const named = new Set([...single, ...several]);
    const never = Object.keys(FINDINGS).filter((id) => !named.has(id) && id !== 'unreadable');
    expect(never).toEqual([]);
  });
});
