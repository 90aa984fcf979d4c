import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OwedFile } from '../../src/adapters/fleet/owed-file.ts';
import type { ClaimEntry } from '../../src/fleet/entries.ts';
import type { OwedInstants } from '../../src/fleet/owed-firings.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'whenever-owed-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const warnings: string[] = [];
const file = (session: string): OwedFile => new OwedFile(directory, session, (text) => warnings.push(text));
const files = (): string[] => readdirSync(directory).filter((name) => name.includes('owed'));

const claim = (state: ClaimEntry['state']): ClaimEntry => ({
  ...{ node: 'a', session: 'aa', hash: 'h', began: 1, state, on_lost: 'miss', unclaimed: true },
});
const missed: OwedInstants = {
  firing: { condition: 'C', definition: 'C as it is', onLost: 'miss' },
  covers: { since: 50, instants: [100, 200] },
};

describe('What is owed', () => {
  it('is on the disk at once, and stays until nothing is owed any more, over each kill.', () => {
    const first = file('aa');
    expect(first.read()).toEqual({ missed: [], written: [] });
    first.replace({ missed: [], written: [] });
    expect(files()).toEqual([]);
    first.add('fire.C.1', claim('running'));
    first.add('fire.C.2', claim('running'));
    first.add('fire.C.1', claim('done'));
    const written = [
      ['fire.C.1', claim('done')],
      ['fire.C.2', claim('running')],
    ] as const;
    expect(file('bb').read()).toEqual({ missed: [], written });
    const third = file('cc');
    expect(third.read()).toEqual({ missed: [], written });
    third.add('fire.C.3', claim('done'));
    third.replace({ missed: [missed], written: [written[1]] });
    expect(file('dd').read()).toEqual({ missed: [missed], written: [written[1]] });
    third.replace({ missed: [], written: [] });
    expect(files()).toEqual([]);
  });

  it('is read without what was not written to its end, or by another program, which stays.', () => {
    file('aa').add('fire.C.1', claim('done'));
    appendFileSync(join(directory, 'aa.owed.ndjson'), '["fire.C.2",{"node":');
    const own = file('aa');
    own.add('fire.C.3', claim('done'));
    writeFileSync(join(directory, 'ab.owed.ndjson'), 'null\n7\n["x"]\n{"firing":{},"covers":7}\n[1,{}]\n');
    mkdirSync(join(directory, 'ac.owed.ndjson'));
    file('ad').add('fire.C.4', claim('running'));
    writeFileSync(join(directory, 'ad.pid'), `${process.ppid}\n`);
    const next = file('bb');
    expect(next.read().written.map(([key]) => key)).toEqual(['fire.C.1', 'fire.C.3']);
    next.replace({ missed: [], written: [] });
    expect(files()).toEqual(['ac.owed.ndjson', 'ad.owed.ndjson']);
  });

  it('stays as it was when it cannot be written anew, which is said once.', () => {
    const one = file('aa');
    one.add('fire.C.1', claim('running'));
    mkdirSync(join(directory, 'aa.owed.ndjson.new'));
    one.replace({ missed: [missed], written: [] });
    one.replace({ missed: [missed], written: [] });
    expect(warnings.map((text) => text.includes('EISDIR'))).toEqual([true]);
    expect(file('bb').read()).toEqual({ missed: [], written: [['fire.C.1', claim('running')]] });
  });
});
