import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { findExecutable, findNonExecutable, startFailure, wrongFormat } from '../../src/adapters/executable.ts';
import { createProcesses } from '../../src/adapters/processes.ts';
import type { ProcessRequest } from '../../src/core/ports.ts';

const folder = mkdtempSync(join(tmpdir(), 'whenever-programs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string | Buffer): void => {
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), 0o755);
};

const end = async (command: string, args: readonly string[] = [], path = process.env.PATH) => {
  const request: ProcessRequest = {
    ...{ command, args, cwd: folder, inheritEnvironment: true, variables: {}, timeoutSeconds: 0 },
  };
  return (await createProcesses({}, { PATH: path }).run(request)).end;
};

/** A program of this system with another number in the place of its processor. */
const foreign = (): Buffer => {
  const bytes = readFileSync(process.execPath).subarray(0, 4096);
  bytes.writeUInt16LE(0xbeef, 18);
  return bytes;
};

test.each(['.', '..'])('The command "%s" is a directory, not a program.', async (command) => {
  expect(await end(command)).toEqual({ how: 'not-started', reason: `"${command}" is a directory, not a program` });
});

describe('what is not a program is not started, and the reason is named', () => {
  test.each<[title: string, name: string, content: string | Buffer, reason: string]>([
    ['a text without #!', 'text', 'echo hello\n', '"./text" is not a program: a script needs a #! line'],
    ['an empty file', 'nothing', '', '"./nothing" is not a program: it is empty'],
    ['a program cut off within its mark', 'mark', '\x7fEL', '"./mark" is a program that is cut off'],
    ['a program cut off after its mark', 'begun', '\x7fELF\x02\x01\x01', '"./begun" is a program that is cut off'],
    [
      'a program cut off within its header',
      'header',
      readFileSync(process.execPath).subarray(0, 40),
      '"./header" is a program that is cut off',
    ],
    [
      'a script whose interpreter is not there',
      'lost',
      '#!/no/such/interpreter\n',
      'the interpreter "/no/such/interpreter" of the script "./lost" does not exist',
    ],
    [
      'a script whose interpreter is a relative path',
      'near',
      '#!no-such-interpreter -x\n',
      'the interpreter "no-such-interpreter" of the script "./near" does not exist',
    ],
    [
      'a script without an interpreter',
      'bare',
      '#! \necho\n',
      'the first line of "./bare" has no interpreter after #!',
    ],
    [
      'a script with line ends of Windows',
      'crlf',
      '#!/bin/sh\r\necho hi\r\n',
      'the first line of "./crlf" ends with CRLF, as on Windows: the system takes the CR for a part of "/bin/sh"; save the script with LF line ends',
    ],
    [
      'one with line ends of Windows that names its interpreter by env',
      'crlf-env',
      '#!/usr/bin/env sh\r\necho hi\r\n',
      'the first line of "./crlf-env" ends with CRLF, as on Windows: the system takes the CR for a part of "/usr/bin/env sh"; save the script with LF line ends',
    ],
    [
      'one with line ends of Windows and an option of the shell',
      'crlf-option',
      '#!/bin/sh -e\r\necho hi\r\n',
      'the first line of "./crlf-option" ends with CRLF, as on Windows: the system takes the CR for a part of "/bin/sh -e"; save the script with LF line ends',
    ],
    [
      'a script behind a byte order mark',
      'marked',
      '\ufeff#!/bin/sh\necho hi\n',
      '"./marked" begins with a byte order mark: save the script without it, so that it begins with #!',
    ],
    [
      'a script in UTF-16',
      'wide',
      Buffer.from('\ufeff#!/bin/sh\n', 'utf16le'),
      '"./wide" is a text in UTF-16: save the script in UTF-8',
    ],
    [
      'a program of another system',
      'windows',
      Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1'),
      '"./windows" is not a program of this system: its format is unknown, it is cut off, or it is for another processor (ENOEXEC)',
    ],
    [
      'a program for another processor',
      'foreign',
      foreign(),
      '"./foreign" is not a program of this system: its format is unknown, it is cut off, or it is for another processor (ENOEXEC)',
    ],
    [
      'a program that is cut off',
      'cut',
      readFileSync(process.execPath).subarray(0, 100),
      '"./cut" is not a program of this system: its format is unknown, it is cut off, or it is for another processor (ENOEXEC)',
    ],
  ])('%s', async (_, name, content, reason) => {
    file(name, content);
    expect(await end(`./${name}`)).toEqual({ how: 'not-started', reason });
  });

  test('a directory, a named pipe, a device, a file without the permission, and a link to itself', async () => {
    mkdirSync(join(folder, 'sub'));
    execFileSync('mkfifo', ['-m', '755', join(folder, 'pipe')]);
    writeFileSync(join(folder, 'plain'), '#!/bin/sh\n');
    symlinkSync('loop', join(folder, 'loop'));
    for (const [command, reason] of [
      ['./sub', '"./sub" is a directory, not a program'],
      ['/etc/', '"/etc/" is a directory, not a program'],
      ['./pipe', '"./pipe" is not a file, but a device, a pipe or a socket'],
      ['/dev/null', '"/dev/null" is not a file, but a device, a pipe or a socket'],
      ['./plain', '"./plain" is not executable (chmod +x)'],
      ['./loop', '"./loop" is a link that leads to itself (ELOOP)'],
      ['./plain/x', 'no such program: "./plain/x"'],
      [`./${'x'.repeat(300)}`, 'the name of the program is too long (ENAMETOOLONG)'],
    ] as const)
      expect([command, await end(command)]).toEqual([command, { how: 'not-started', reason }]);
  });

  test('a name that is in the PATH without the permission', async () => {
    writeFileSync(join(folder, 'unready'), '#!/bin/sh\n');
    expect(await end('unready', [], `/no/such/folder:${folder}`)).toEqual({
      how: 'not-started',
      reason: `"unready" is ${join(folder, 'unready')} in the PATH, which is not executable (chmod +x)`,
    });
  });

  test('a NUL in the name, in an argument or in a variable', async () => {
    const reason = 'its name, an argument or a variable has a NUL character, which the system cannot pass on';
    expect(await end('ec\0ho')).toEqual({ how: 'not-started', reason: expect.stringMatching(/NUL|no such program/) });
    expect(await end('true', ['a\0b'])).toEqual({ how: 'not-started', reason });
  });

  test('a program as if it were a directory', async () => {
    expect(await end('/bin/sh/')).toEqual({ how: 'not-started', reason: 'no such program: "/bin/sh/"' });
  });

  test('one with more arguments than the system takes', async () => {
    const reason = 'its arguments and its environment are too long for the system';
    expect(await end('true', ['x'.repeat(3_000_000)])).toEqual({ how: 'not-started', reason });
  });
});

describe('a program that the system refuses', () => {
  const refusal = (code: string, command: string, found: string | undefined, cwd = folder): string =>
    startFailure({ code, message: 'refused' }, { command, cwd }, found);

  test.each<[code: string, command: string, found: string | undefined, reason: string]>([
    ['ENOENT', 'none', undefined, 'no such program: "none"'],
    ['EACCES', 'none', undefined, 'no permission to run "none"'],
    ['EACCES', './gone', './gone', 'no permission to reach "./gone"'],
    ['EACCES', '/', '/', '"/" is a directory, not a program'],
    ['EACCES', '/dev/null', '/dev/null', '"/dev/null" is not a file, but a device, a pipe or a socket'],
    ['ENOENT', './binary', './binary', '"./binary" is there, but not the loader it needs: it is for another system'],
    ['EACCES', './locked', './locked', 'no permission to run the interpreter "/etc/passwd" of the script "./locked"'],
    ['EACCES', './binary', './binary', 'no permission to run "./binary": its file system may be mounted with noexec'],
    ['EIO', './binary', './binary', 'the system did not start "./binary": refused'],
  ])('%s: %s', (code, command, found, reason) => {
    file('binary', Buffer.from('\x7fELF\0', 'latin1'));
    file('locked', '#!/etc/passwd\n');
    expect(refusal(code, command, found)).toBe(reason);
  });

  test.each([
    ['binary', 'is not a directory'],
    ['binary/below', 'is not a directory'],
    ['none', 'does not exist'],
  ])('and the working directory "%s" %s', (name, reason) => {
    const cwd = join(folder, name);
    expect(refusal('ENOENT', 'true', '/bin/true', cwd)).toBe(`the working directory "${cwd}" ${reason}`);
  });
});

describe('what a program of Linux needs to be loaded', () => {
  /** The first bytes of a program with 64 bits, whose table of segments has one entry of 56 bytes behind the header. */
  const header = (change: (bytes: Buffer) => void): Buffer => {
    const bytes = Buffer.alloc(200);
    bytes.write('\x7fELF\x02\x01\x01', 'latin1');
    bytes.writeUInt16LE(3, 16);
    readFileSync(process.execPath).copy(bytes, 18, 18, 20);
    bytes.writeBigUInt64LE(64n, 32);
    bytes.writeUInt16LE(56, 54);
    bytes.writeUInt16LE(1, 56);
    change(bytes);
    return bytes;
  };
  /** The same for 32 bits, for a processor that this one can be. */
  const narrow =
    (segments: number) =>
    (bytes: Buffer): void => {
      bytes[4] = 1;
      bytes.writeUInt16LE(3, 18);
      bytes.writeUInt32LE(64, 28);
      bytes.writeUInt16LE(32, 42);
      bytes.writeUInt16LE(segments, 44);
    };
  const REFUSED =
    '"it" is not a program of this system: its format is unknown, it is cut off, or it is for another processor (ENOEXEC)';
  test.each<[what: string, change: (bytes: Buffer) => void, reason: string | undefined]>([
    ['a whole header', () => {}, undefined],
    ['a table of segments that ends behind the file', (bytes) => bytes.writeUInt16LE(3, 56), REFUSED],
    ['no segments', (bytes) => bytes.writeUInt16LE(0, 56), REFUSED],
    ['an object file', (bytes) => bytes.writeUInt16LE(1, 16), REFUSED],
    ['another mark', (bytes) => bytes.write('\x7fELG', 'latin1'), REFUSED],
    ['another processor with the other order of bytes', (bytes) => bytes.writeUInt8(2, 5), REFUSED],
    ['a header with 32 bits', narrow(1), undefined],
    ['32 bits without segments', narrow(0), REFUSED],
  ])('%s', (_, change, reason) => {
    file('elf', header(change));
    expect(wrongFormat(join(folder, 'elf'), '"it"')).toBe(reason);
  });
});

describe('where a program is searched', () => {
  test.each<[command: string, path: string | undefined, found: string | undefined]>([
    ['./ready', '/no/such', './ready'],
    ['ready', `/no/such:${folder}`, join(folder, 'ready')],
    ['ready', '', join(folder, 'ready')],
    ['ready', ':/no/such', join(folder, 'ready')],
    ['ready', 'sub/..', join(folder, 'ready')],
    ['plain-text', folder, undefined],
  ])('%s in the PATH "%s"', (command, path, found) => {
    file('ready', '#!/bin/sh\n');
    writeFileSync(join(folder, 'plain-text'), '');
    expect(findExecutable(command, folder, path)).toBe(found);
  });

  test.each([
    ['plain-text', join(folder, 'plain-text')],
    ['./plain-text', undefined],
    ['none', undefined],
  ])('what may not be executed: %s', (command, found) => {
    writeFileSync(join(folder, 'plain-text'), '');
    expect(findNonExecutable(command, folder, `${folder}/elf/x:${folder}`)).toBe(found);
    expect(findNonExecutable(command, folder, '')).toBeUndefined();
  });
});

describe('a shortage of the system has a sentence of its own', () => {
  test.each([
    ['EMFILE', /^the scheduler has too many open files \(EMFILE\): raise its limit \(ulimit -n\)/],
    ['ENFILE', /^the system has too many open files \(ENFILE\)$/],
    ['EAGAIN', /^the limit of processes is reached \(EAGAIN\): raise it/],
    ['ENOMEM', /^the system has not enough memory \(ENOMEM\)$/],
    ['E2BIG', /^its arguments and its environment are too long for the system$/],
    ['ETXTBSY', /^"true" is being written to \(ETXTBSY\)$/],
    ['ENOEXEC', /^"true" is not a program of this system \(ENOEXEC\)$/],
    ['EIO', /^the system did not start "true": EIO$/],
  ])('%s', (code, sentence) => {
    expect(startFailure({ code, message: '' }, { command: 'true', cwd: folder }, '/bin/true')).toMatch(sentence);
  });

  test('too few descriptors: each command that is not started says so, and the others run', () => {
    const bundle = join(folder, 'few.cjs');
    buildSync({
      ...{ entryPoints: [join(import.meta.dirname, '../../src/adapters/processes.ts')], outfile: bundle },
      ...{ bundle: true, platform: 'node', format: 'cjs' },
    });
    const program = `const { createProcesses } = require(${JSON.stringify(bundle)});
      const processes = createProcesses();
      const request = { command: 'cat', args: ['/dev/null'], cwd: '/', inheritEnvironment: true, variables: {}, timeoutSeconds: 0 };
      const events = { line() {}, bad() {} };
      const run = (more) => processes.run({ ...request, command: 'sleep', args: ['2'], ...more });
      const all = Array.from({ length: 40 }, (_, i) => run(i % 2 ? { events } : {}));
      Promise.all(all).then((ends) => console.log(JSON.stringify(ends.map(({ end }) => end.reason ?? end.code))));`;
    const said = execFileSync('sh', ['-c', 'ulimit -n 60; exec "$0" -e "$1"', process.execPath, program], {
      encoding: 'utf8',
    });
    const ends = JSON.parse(said) as (string | number)[];
    const reasons = ends.filter((end) => end !== 0);
    expect(reasons.length).toBeGreaterThan(0);
    expect(reasons.length).toBeLessThan(40);
    for (const reason of reasons) expect(reason).toMatch(/^the scheduler has too many open files \(EMFILE\)/);
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
