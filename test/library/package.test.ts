import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// @ts-expect-error a script without types
import { docsOf, exportsOf, exportTables, pageWith } from '../../scripts/exports.mjs';
import { CONFIG } from '../client/support.ts';
import { Place } from '../support/program.ts';
import { CONSUMER, CONSUMER_CJS } from './consumer.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const LIBRARY = read('src/library.ts');
const VALUES = (exportsOf(LIBRARY) as { name: string; type: boolean }[]).flatMap(({ name, type }) =>
  type ? [] : [name],
);

/** Runs a program to its end, which has to come by itself. */
const run = (program: string, args: readonly string[], cwd: string) => {
  const { status, signal, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 60_000 });
  return { status, signal, stdout, stderr };
};
const node = (args: readonly string[], cwd: string) => run(process.execPath, args, cwd);
const SILENCE = { status: 0, signal: null, stdout: '', stderr: '' };

/** A small project that has installed the packed package, as a user would, without a network. */
let project: string;
let declarations: string;
beforeAll(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'whenever-project-')));
  expect(node([join(ROOT, 'scripts/types.mjs')], ROOT)).toEqual(SILENCE);
  declarations = read('dist/types/library.d.ts');
  const npm = (args: string, cwd: string) => {
    const done = spawnSync('npm', args.split(' '), { cwd, encoding: 'utf8', shell: process.platform === 'win32' });
    expect(done.status, done.stderr).toBe(0);
    return done.stdout.trim().split('\n').at(-1) ?? '';
  };
  const packed = npm(`pack --silent --ignore-scripts --pack-destination ${project}`, ROOT);
  writeFileSync(join(project, 'package.json'), '{ "name": "project", "private": true }\n');
  npm(`install ./${packed} --offline --no-save --no-audit --no-fund --silent`, project);
}, 120_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

describe('a program that has installed the package', () => {
  const use = (script: string): Record<string, unknown> => {
    copyFileSync(join(import.meta.dirname, 'project', script), join(project, script));
    expect(node([script, 'result.json'], project)).toEqual(SILENCE);
    return JSON.parse(readFileSync(join(project, 'result.json'), 'utf8')) as Record<string, unknown>;
  };

  test('In a module: a daemon is silent, measured and shown, and the process ends by itself.', () => {
    const result = use('use.mjs');
    expect(result).toMatchObject({ ending: 'exit', shared: true, listeners: [] });
    expect([...(result.names as string[])].sort()).toEqual([...VALUES].sort());
    expect(result.summary).toMatch(/^ {2}Script +1 .* 1 success$/m);
    expect(result.lines).toEqual(['(trigger: Both) (Lua) nil', '(trigger: Both) (Lua) yes']);
    expect(result.metrics).toContainEqual({ own: 1 });
    expect(result.metrics).toContainEqual({ task: { Hello: expect.objectContaining({ outcome: 'success' }) } });
    expect(result.refused).toEqual([
      true,
      expect.stringMatching(/^my\.toml: 1 problem\n {2}my\.toml:3:8: task "A": unknown task type "comand"/),
    ]);
  });

  test('The examples name a schema that is there.', () => {
    const at = join(project, 'node_modules/whenever/config-examples');
    const [, path = ''] = /^#:schema (.*)$/m.exec(readFileSync(join(at, 'quickstart.toml'), 'utf8')) ?? [];
    expect(JSON.parse(readFileSync(join(at, path), 'utf8'))).toHaveProperty('properties.task');
  });

  test('In CommonJS: the same, with two daemons at once.', () => {
    const result = use('use.cjs');
    expect(result).toMatchObject({ endings: ['exit', 'exit'] });
    expect([...(result.names as string[])].sort()).toEqual([...VALUES].sort());
    expect(result.summary).toMatch(/^ {2}End +2 .* 2 success$/m);
  });

  test('A client asks a running instance, in a module and in CommonJS, and the process ends by itself.', async () => {
    const place = new Place();
    try {
      const program = place.start(['--log-json', '--log-level', 'debug'], { toml: CONFIG });
      await program.record(/START\/MSG/);
      const ask = (script: string): unknown => {
        copyFileSync(join(import.meta.dirname, 'project', script), join(project, script));
        expect(node([script, 'client.json', place.file('run/whenever.sock')], project)).toEqual(SILENCE);
        return JSON.parse(readFileSync(join(project, 'client.json'), 'utf8'));
      };
      expect(ask('client.mjs')).toEqual({
        ...{ refused: true, name: 'NotRunningError', event: { n: 1 }, runs: ['success'], ended: true },
        run: { kind: 'done', id: 'run-1', outcome: 'success', said: expect.any(String) },
      });
      expect(ask('client.cjs')).toMatchObject({
        refused: true,
        pid: program.child.pid,
        asked: true,
        run: { id: 'run-2' },
      });
    } finally {
      await place.clear();
    }
  });

  test('A refused configuration that nobody catches is shown with its problems, not with a page of code.', () => {
    writeFileSync(
      join(project, 'wrong.mjs'),
      "import { createDaemon } from 'whenever';\nawait createDaemon('a = \\n');\n",
    );
    const { status, stdout, stderr } = node(['wrong.mjs'], project);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(
      /^ConfigError: configuration: 1 problem\n {2}configuration:1:5: not valid TOML: .*\n {4}1: {2}a = \n/m,
    );
    expect(Math.max(...stderr.split('\n').map((line) => line.length))).toBeLessThan(200);
  });

  test('The examples of docs/library.md run as they are written.', () => {
    const examples = [...read('docs/library.md').matchAll(/^```js\n(.*?)^```/gms)].map(([, text]) => text!);
    expect(examples).toHaveLength(2);
    const said = examples.map((text) => {
      writeFileSync(join(project, 'example.mjs'), text);
      return node(['example.mjs'], project);
    });
    for (const end of said) expect(end).toMatchObject({ status: 0, signal: null, stderr: '' });
    expect(said[0]!.stdout).toContain(
      "{ kind: 'done', said: 'event Go: condition OnDemand is pending' }\nrunning exit code 0",
    );
    expect(said[0]!.stdout).toMatch(/^exit\n.*^ {2}Greet +1 .* 1 success$/ms);
    expect(said[1]!.stdout).toMatch(/^\[ 'success in 0\.\d s' \]\n$/);
  });

  test.each([
    ['without the types of Node', ['es2022']],
    ['with disposable objects of its own', ['es2022', 'esnext.disposable', 'dom']],
  ])(
    'A program in TypeScript compiles, %s, and wrong use does not.',
    (_, lib) => {
      const compilerOptions = {
        ...{ noEmit: true, strict: true, skipLibCheck: false, types: [], target: 'es2022', lib },
        ...{ exactOptionalPropertyTypes: true, module: 'node16' },
      };
      const write = (name: string, value: unknown) => writeFileSync(join(project, name), JSON.stringify(value));
      writeFileSync(join(project, 'consumer.mts'), CONSUMER);
      writeFileSync(join(project, 'consumer.ts'), CONSUMER);
      writeFileSync(join(project, 'consumer.cts'), CONSUMER_CJS);
      write('tsconfig.json', { compilerOptions, files: ['consumer.mts', 'consumer.cts'] });
      const bundler = { ...compilerOptions, module: 'esnext', moduleResolution: 'bundler' };
      write('tsconfig.bundler.json', { compilerOptions: bundler, files: ['consumer.ts'] });
      const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
      expect(node([tsc, '-p', 'tsconfig.json'], project)).toEqual(SILENCE);
      expect(node([tsc, '-p', 'tsconfig.bundler.json'], project)).toEqual(SILENCE);
    },
    60_000,
  );
});

describe('what the library gives', () => {
  test.each(['timespans', 'metrics', 'renderings'])('Everything public of %s is part of it.', (folder) => {
    const names = (text: string) => (exportsOf(text) as { name: string }[]).map(({ name }) => name);
    const index = names(read(`src/${folder}/index.ts`));
    expect(index.length).toBeGreaterThan(5);
    expect(index.filter((name) => !names(LIBRARY).includes(name))).toEqual([]);
  });

  test('Everything has a line of documentation, and the tables of docs/library.md have it.', () => {
    const docs = docsOf(declarations) as ReadonlyMap<string, { doc: string }>;
    expect([...docs].flatMap(([name, { doc }]) => (doc === '' ? [name] : []))).toEqual([]);
    const page = read('docs/library.md');
    expect(page, 'run "npm run exports" and commit the result').toBe(
      pageWith(page, exportTables(LIBRARY, declarations)),
    );
  });

  test('A class that the library does not give to make new ones of is a type only.', () => {
    expect(
      /^export \{ (.*) \};$/m
        .exec(declarations)?.[1]
        ?.split(', ')
        .map((name) => name.split(' as ').at(-1))
        .sort(),
    ).toEqual([...VALUES].sort());
  });
});
