// npm run binary [-- --with bun|node] [-o FILE]: makes one executable that needs no Node, by default binary/whenever. It is made by bun
// where that is installed (`BUN`, or `bun` of PATH), else of the Node that runs this (its "single executable applications").
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
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
import { dirname, join, resolve } from 'node:path';
import { Script } from 'node:vm';
import { readArguments, refuse } from './arguments.mjs';
import { STAGE_NAMES } from './parts.mjs';
import { setUp } from './setup.mjs';

/** What puts the files into a copy of Node. npm keeps it in its own folder: nothing else needs it. */
const POSTJECT = 'postject@1.0.0-alpha.6';
/** A part of Node that is changed when something was put into it. */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
/** What is no module of the program but a text in it: what threads run, and the manual. */
const THREADS = ['lua-worker.cjs', 'late/re2js.cjs'];

/** What imports modules of users is compiled when it is loaded: what was compiled before does not know how. */
const IMPORTS = new Set(['late/import-module.cjs']);

const root = resolve(import.meta.dirname, '..');

const WAYS = ['bun', 'node'];
const BUN = process.env.BUN || 'bun';
const hasBun = () => spawnSync(BUN, ['--version'], { stdio: 'ignore' }).status === 0;

const USAGE = 'usage: npm run binary -- [--with bun|node] [-o FILE]';

const readOptions = () => {
  const options = { with: { type: 'string' }, output: { type: 'string', short: 'o', default: 'binary/whenever' } };
  const { values } = readArguments(USAGE, { options });
  const way = values.with ?? (process.env.BUN || hasBun() ? 'bun' : 'node');
  if (!WAYS.includes(way)) refuse(`--with ${way}: expected one of ${WAYS.join(', ')}\n${USAGE}`);
  if (way === 'bun' && !hasBun())
    refuse(`"${BUN}" does not run: npm install --global bun, or BUN names it; --with node needs none`);
  const output = resolve(values.output);
  if (statSync(output, { throwIfNoEntry: false })?.isDirectory())
    refuse(`--output ${values.output}: expected a file, found a directory`);
  return { way, output };
};

/** The files of the program by name, as they are in dist/. */
const modules = () => {
  const late = readdirSync(join(root, 'dist', 'late')).map((name) => `late/${name}`);
  return new Map(
    [...STAGE_NAMES.map((name) => `${name}.cjs`), ...late].map((name) => [
      name,
      readFileSync(join(root, 'dist', name), 'utf8'),
    ]),
  );
};

/** Files that are texts inside, by name. */
const texts = () =>
  new Map([
    ...THREADS.map((name) => [name, join(root, 'dist', name)]),
    ...readdirSync(join(root, 'man')).map((name) => [`man/${name}`, join(root, 'man', name)]),
  ]);

const run = (command, args, cwd) => execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });

/** Bun keeps no names of files: each file says itself where it is. */
const withPlace = (name, text) => {
  const place = JSON.stringify(join('dist', name));
  const variables = `var __filename=require("node:path").join(process.execPath,${place}),__dirname=require("node:path").dirname(__filename);`;
  // A directive has to come first.
  return `${text.startsWith('"use strict"') ? '"use strict";' : ''}${variables}${text}`;
};

const byBun = (folder, output) => {
  for (const [name, text] of modules()) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), withPlace(name, text));
  }
  // They are files inside, which are read when they are needed.
  const imports = [...texts()].map(([name, path], i) => {
    copyFileSync(path, join(folder, `text-${i}.txt`));
    return { name, line: `import text${i} from './text-${i}.txt' with { type: 'file' };\n`, variable: `text${i}` };
  });
  const inside = imports.map(({ name, variable }) => `'${name}': () => readFileSync(${variable}, 'utf8')`);
  writeFileSync(
    join(folder, 'inside.mjs'),
    `import { readFileSync } from 'node:fs';\n${imports.map(({ line }) => line).join('')}
globalThis[Symbol.for('whenever.inside')] = { texts: { ${inside.join(', ')} } };\n`,
  );
  writeFileSync(join(folder, 'start.mjs'), `import './inside.mjs';\nimport './whenever.cjs';\n`);
  run(BUN, ['build', '--compile', '--bytecode', join(folder, 'start.mjs'), '--outfile', output], folder);
};

/** What compiling a file finds out, so that the executable need not find it out again. Its name is that in stacks. */
const compiled = (name, text) =>
  new Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, {
    filename: `whenever:dist/${name}`,
  }).createCachedData();

/** Warnings of postject about names of sections of Node, which mean nothing. */
const NO_NAME = /^warning: Can't find string offset for section name .*\n/gm;

/** Runs postject, which says on standard error what is wrong, and much else. */
const inject = (command, args, cwd) => {
  const { status, error, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (error) refuse(`postject could not be started: ${error.message}`);
  process.stderr.write(stderr.replace(NO_NAME, ''));
  if (status !== 0) refuse(`postject has failed with status ${status}`);
};

const byNode = (folder, output) => {
  const assets = {};
  const add = (name, contents) => {
    const path = join(folder, name.replaceAll('/', '+'));
    writeFileSync(path, contents);
    assets[name] = path;
  };
  for (const [name, text] of modules()) {
    add(name, text);
    if (!IMPORTS.has(name)) add(`${name}.cache`, compiled(name, text));
  }
  for (const [name, path] of texts()) assets[name] ??= path;
  add('manifest.json', JSON.stringify({ texts: [...texts().keys()], imports: [...IMPORTS] }));
  const [config, blob] = [join(folder, 'sea.json'), join(folder, 'sea.blob')];
  const main = join(import.meta.dirname, 'binary', 'node-start.cjs');
  writeFileSync(config, JSON.stringify({ main, output: blob, disableExperimentalSEAWarning: true, assets }));
  run(process.execPath, ['--experimental-sea-config', config], folder);
  copyFileSync(process.execPath, output);
  chmodSync(output, 0o755);
  const macOS = process.platform === 'darwin';
  if (macOS) run('codesign', ['--remove-signature', output], folder);
  const what = [output, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE];
  const command = ['--yes', POSTJECT, ...what, ...(macOS ? ['--macho-segment-name', 'NODE_SEA'] : [])];
  inject(process.platform === 'win32' ? 'npx.cmd' : 'npx', command, folder);
  if (macOS) run('codesign', ['--sign', '-', output], folder);
};

const { way, output } = readOptions();
await setUp();
const folder = mkdtempSync(join(tmpdir(), 'whenever-binary-'));
mkdirSync(dirname(output), { recursive: true });
// What is at the output runs, or is not there: half of it would be a trap.
const unfinished = `${output}.${process.pid}`;
try {
  (way === 'bun' ? byBun : byNode)(folder, unfinished);
  renameSync(unfinished, output);
} finally {
  rmSync(unfinished, { force: true });
  rmSync(folder, { recursive: true });
}
copyFileSync(join(root, 'dist', 'THIRD-PARTY.txt'), join(dirname(output), 'THIRD-PARTY.txt'));
console.log(`${output} (${Math.round(statSync(output).size / 2 ** 20)} MiB, made with ${way})`);
