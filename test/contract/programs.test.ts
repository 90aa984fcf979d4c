import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createProcesses } from '../../src/adapters/processes.ts';
import type { ProcessRequest } from '../../src/core/ports.ts';

const folder = mkdtempSync(join(tmpdir(), 'whenever-programs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string): void => {
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), 0o755);
};

const end = async (command: string, args: readonly string[] = [], path = process.env.PATH) => {
  const request: ProcessRequest = {
    ...{ command, args, cwd: folder, inheritEnvironment: true, variables: {}, timeoutSeconds: 0 },
  };
  return (await createProcesses({}, { PATH: path }).run(request)).end;
};

describe('what is no program is not started', () => {
  test.each([
    ['a text without #!', 'text', 'echo hello\n', /is no program: a script needs a #! line$/],
    ['an empty file', 'nothing', '', /is no program: a script needs a #! line$/],
    ['a script whose interpreter is not there', 'lost', '#!/no/such/interpreter\n', /^no such program: /],
  ])('%s', async (_, name, text, reason) => {
    file(name, text);
    expect(await end(`./${name}`)).toEqual({ how: 'not-started', reason: expect.stringMatching(reason) });
  });

  test('a program as if it were a directory', async () => {
    expect(await end('/bin/sh/')).toEqual({ how: 'not-started', reason: 'no such program: "/bin/sh/"' });
  });

  test('one with more arguments than the system takes', async () => {
    const reason = 'its arguments and its environment are too long for the system';
    expect(await end('true', ['x'.repeat(3_000_000)])).toEqual({ how: 'not-started', reason });
  });
});

describe('without a PATH, or with an empty one, a bare name', () => {
  test('is no program of the system', async () => {
    expect(await end('true', [], '')).toEqual({ how: 'not-started', reason: 'no such program: "true"' });
  });

  test('is a file in the working directory', async () => {
    file('here', '#!/bin/sh\nexit 3\n');
    expect(await end('here', [], '')).toEqual({ how: 'exit', code: 3 });
  });
});
