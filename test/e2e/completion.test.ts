import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, type FSWatcher, mkdirSync, rmSync, symlinkSync, watch } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SUBCOMMAND_NAMES } from '../../src/commands/index.ts';
import { have } from '../desktop/support/programs.ts';
import { always, commandTask, onDemand, Place, PROGRAM, Program, RUNNER, TICK } from '../support/program.ts';

const KEYBOARD = join(import.meta.dirname, 'keyboard.py');

const ITEMS = `${commandTask('Tarball', ['true'])}${commandTask('Upload', ['true'])}${onDemand('Nightly', ['Tarball'])}${always('Noon', ['Upload'], 'suspended = true')}
[[event]]
name = "Changed"
type = "fschange"
condition = "Nightly"
watch = ["/"]
`;

/** A shell on a terminal, in a directory with a file `my file.toml`; its completion of whenever is on. */
class Shell {
  readonly place = new Place();
  readonly terminal: Program;
  #marks = 0;
  #asked: FSWatcher | undefined;

  constructor(name: 'bash' | 'zsh' | 'fish') {
    const { place } = this;
    mkdirSync(place.file('bin'));
    // The program itself in bash. In the others this process answers: a start of Node takes most of the time of these tests.
    const program = name === 'bash' ? `exec '${RUNNER}' '${PROGRAM}' "$@"` : this.#answering();
    place.write('bin/whenever', `#!/bin/sh\n${program}\n`);
    chmodSync(place.file('bin/whenever'), 0o755);
    place.write('my file.toml', ITEMS);
    const script = spawnSync(RUNNER, [PROGRAM, 'completion', name], { encoding: 'utf8' }).stdout;
    place.write(`script.${name}`, script);
    place.write('inputrc', 'set show-all-if-ambiguous on\nset enable-bracketed-paste off\nset page-completions off\n');
    const shell = {
      bash: ['bash', '--norc', '--noprofile', '-i'],
      zsh: ['zsh', '-f', '-i'],
      fish: ['fish', '--no-config', '-i'],
    }[name];
    const env = place.environment({
      ...{ PATH: `${place.file('bin')}:${process.env.PATH}`, TERM: 'xterm', HOME: place.path, ZDOTDIR: place.path },
      ...{ INPUTRC: place.file('inputrc'), LC_ALL: 'C.UTF-8', HISTFILE: '' },
    });
    this.terminal = new Program(spawn('python3', [KEYBOARD, '150', '100', ...shell], { cwd: place.path, env }));
  }

  /** The lines of a program that has its arguments answered by this process. */
  #answering(): string {
    const { place } = this;
    mkdirSync(place.file('asked'));
    this.#asked = watch(place.file('asked'), (_, name) => {
      if (!name?.startsWith('question.') || !existsSync(place.file(`asked/${name}`))) return;
      const args = place.read(`asked/${name}`).split('\0').slice(0, -1);
      rmSync(place.file(`asked/${name}`));
      void place
        .run(args)
        .then(({ stdout }) => writeFile(place.file(`asked/${name.replace('question', 'answer')}`), stdout));
    });
    const at = (what: string) => `'${place.file(`asked/${what}`)}'.$$`;
    return `mkfifo ${at('answer')}; printf '%s\\0' "$@" > ${at('new')}; mv ${at('new')} ${at('question')}; cat ${at('answer')}; rm ${at('answer')}`;
  }

  /** Turns completion on. */
  async begin(name: 'bash' | 'zsh' | 'fish'): Promise<void> {
    const lines = {
      bash: "PS1='> '; source script.bash",
      zsh: "PROMPT='> '; autoload -U compinit; compinit -u -D; setopt no_always_last_prompt; source script.zsh",
      fish: "function fish_prompt; echo '> '; end; source script.fish",
    };
    this.#type(`${lines[name]}\r`);
    await this.#settle();
  }

  /** Types a line and a tab. Returns what is shown when all of these texts are. */
  async complete(line: string, texts: readonly string[]): Promise<string> {
    const from = this.terminal.stdout.length;
    const shown = () => plain(this.terminal.stdout.slice(from));
    this.#type(`${line}\t`);
    await this.terminal.until(() => texts.every((text) => shown().includes(text)), `${line}: ${texts.join(', ')}`);
    this.#type('\x15');
    await this.#settle();
    return shown();
  }

  #type(keys: string): void {
    this.terminal.child.stdin?.write(keys);
  }
  /** Waits until what was typed has been carried out. */
  async #settle(): Promise<void> {
    const number = ++this.#marks;
    // The line as typed does not have the text that it prints.
    this.#type(`echo mark''ed ${number}.\r`);
    await this.terminal.until(() => this.terminal.stdout.includes(`marked ${number}.`), 'the shell');
  }
  async end(): Promise<void> {
    this.#asked?.close();
    this.terminal.kill('SIGKILL');
    await this.terminal.ended;
    await this.place.clear();
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what moves the cursor and paints
const CONTROL = /\x1b\[[\d;?<>=]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[()][A-Z0-9]|\x1b[=>]|[\r\x07]/g;
const plain = (text: string): string => text.replace(CONTROL, '');

// What is missing is skipped, and that is a failure where CI is set.
const shells = (['bash', 'zsh', 'fish'] as const).filter((name) => (have(name) && have('python3')) || process.env.CI);

describe.each(shells)('in %s', (name) => {
  let shell: Shell;
  beforeAll(async () => {
    shell = new Shell(name);
    await shell.begin(name);
  });
  afterAll(() => shell.end());

  test.each([
    ['a command', 'whenever statu', 'whenever status '],
    ['a command that is given to ctl', 'whenever ctl sus', 'suspend_condition '],
    ['the commands of the help', 'whenever help ctl pa', 'help ctl pause '],
    ['an option', 'whenever next --cou', '--count'],
    ['an option of the daemon behind the file', 'whenever x.toml --log-j', '--log-json '],
    ['a choice', 'whenever -L tr', '-L trace '],
    ['a choice behind =', 'whenever --log-level=inf', '--log-level=info '],
    ['a choice behind joined options', 'whenever -qL tr', '-qL trace '],
    ['a word', 'whenever completion z', 'completion zsh '],
    ['a file with a blank in its name', 'whenever next my', 'next my\\ file.toml '],
    ['a file that starts the daemon', 'whenever my', 'whenever my\\ file.toml '],
    ['a file of an input command', 'whenever ctl configure my', 'configure my\\ file.toml '],
    ['a name of the file on the line', 'whenever next my\\ file.toml No', 'Noon '],
    ['one behind options with values', 'whenever next -n 3 --to=7d my\\ file.toml -a No', 'Noon '],
    ['one behind --', 'whenever next -- my\\ file.toml No', 'Noon '],
    ['one of several', 'whenever next "my file.toml" Noon Ni', 'Nightly '],
    ['a task of the file', "whenever run 'my file.toml' Up", 'Upload '],
    ['an option with a name of the file', 'whenever run my\\ file.toml --condition=Ni', '--condition=Nightly '],
    ['an option of an input command', 'whenever ctl run X --q', '--queue '],
  ])('%s is completed', async (_, line, text) => {
    await shell.complete(line, [text]);
  });

  test('commands are offered for the first word, with files', async () => {
    const shown = await shell.complete('whenever ', [...SUBCOMMAND_NAMES, 'toml']);
    expect(shown.includes('show the last log records')).toBe(name !== 'bash');
  });

  test('all choices of an option are offered', async () => {
    await shell.complete('whenever show --as ', ['summary', 'gantt', 'svg', 'graphviz', 'chrome_trace', 'html']);
  });

  test('names are offered with what they are, and only those of their kind', async () => {
    const shown = await shell.complete('whenever history --config my\\ file.toml ', ['Nightly', 'Noon', 'Tarball']);
    expect(shown).not.toContain('Changed');
    expect(shown.includes('condition, interval')).toBe(name !== 'bash');
    expect(await shell.complete('whenever run my\\ file.toml ', ['Tarball', 'Upload'])).not.toContain('Noon');
  });

  test('nothing is offered, and no file, where nothing is known', async () => {
    for (const line of ['whenever ctl pause ', 'whenever explain ', 'whenever next --count ']) {
      const shown = await shell.complete(line, [line.trim()]);
      expect(shown).not.toMatch(/toml|Nightly|whenever: /);
    }
  });

  test('names of the running instance are offered', async () => {
    const program = shell.place.start(['-J', '-L', 'debug'], { toml: `${TICK}${ITEMS.replaceAll('Upload', 'Sent')}` });
    await program.record(/^MAIN starting/);
    expect((await shell.place.run(['status'])).end.code).toBe(0);
    await shell.complete('whenever explain Nig', ['explain Nightly ']);
    await shell.complete('whenever output Se', ['output Sent ']);
    await shell.complete('whenever ctl trigger ', ['Go_Nightly ']);
    await shell.complete('whenever logs -i Cha', ['-i Changed ']);
    await shell.complete('whenever events sched', ['events scheduler ']);
    program.send('exit');
    expect((await program.ended).code).toBe(0);
  });
});

test.each(shells)('the script for %s is accepted by its parser, and has every command and option', async (name) => {
  const place = new Place();
  const script = await place.run(['completion', name]);
  expect(script).toMatchObject({ end: { code: 0 }, stderr: '' });
  const parsed = spawnSync(name, ['-n', place.write('script', script.stdout)], { encoding: 'utf8' });
  rmSync(place.path, { recursive: true });
  expect(parsed).toMatchObject({ status: 0, stderr: '' });
  for (const command of SUBCOMMAND_NAMES) expect(script.stdout).toMatch(new RegExp(`\\b${command}\\b`));
  for (const option of ['log-level', 'metrics-port', 'color-by', 'follow', 'assume', 'queue', 'help'])
    expect(script.stdout).toMatch(new RegExp(`(--|-l )${option}\\b`));
});

test('there is no script for another shell', () => {
  const run = (...args: string[]) => spawnSync(RUNNER, [PROGRAM, 'completion', ...args], { encoding: 'utf8' });
  expect(run('zhs')).toMatchObject({
    ...{ status: 2, stdout: '' },
    stderr: 'whenever: expected one of bash, zsh, fish, found "zhs", did you mean "zsh"?\n',
  });
  expect(run()).toMatchObject({ status: 2, stdout: '' });
});

describe('the names for a shell', () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.clear());

  const names = async (kinds: string, ...words: string[]) => {
    const { end, stdout, stderr } = await place.run(['__complete', kinds, ...words]);
    expect({ ...end, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
    return stdout.split('\n').slice(0, -1);
  };

  test('are those of the file, with what they are', async () => {
    place.write('a.toml', ITEMS);
    expect(await names('condition', 'next', 'a.toml', '')).toEqual([
      'Nightly\tcondition, bucket',
      'Noon\tcondition, interval',
    ]);
    expect(await names('task', 'run', '--condition', 'X', 'a.toml', '')).toEqual([
      'Tarball\ttask, command',
      'Upload\ttask, command',
    ]);
    expect(await names('condition,task', 'history', '--config=a.toml', '')).toHaveLength(4);
    expect(await names('cli-event', 'next', 'a.toml', '')).toEqual(['Go_Nightly\tevent, cli']);
  });

  test('are those of the files that it includes too', async () => {
    mkdirSync(place.file('conf.d'));
    place.write('conf.d/one.toml', ITEMS);
    place.write('conf.d/broken.toml', '[[task]');
    place.write('main.toml', `include = ["conf.d/*.toml", "nowhere.toml"]\n${commandTask('Own', ['true'])}`);
    expect((await names('task', 'run', 'main.toml', '')).map((line) => line.split('\t')[0])).toEqual([
      'Own',
      'Tarball',
      'Upload',
    ]);
  });

  test('have their section, or the ones before them, where the word has', async () => {
    place.write('a.toml', ITEMS);
    const of = (word: string) => names('condition,task', 'history', '--config', 'a.toml', word);
    expect(await of('task/')).toEqual(['task/Tarball\ttask, command', 'task/Upload\ttask, command']);
    expect((await of('Noon,'))[0]).toBe('Noon,Nightly\tcondition, bucket');
  });

  test('are none, and no message, where the file is not one', async () => {
    place.write('broken.toml', '[[condition]]\nname = "A');
    place.write('odd.toml', 'condition = 5\ntask = [5, {}, { name = 3 }, { name = "a b" }, { name = "$(x)" }]\n');
    place.write('empty.toml', '');
    spawnSync('mkfifo', [place.file('pipe')]);
    symlinkSync(place.file('nowhere'), place.file('link'));
    for (const file of ['broken.toml', 'odd.toml', 'empty.toml', 'pipe', 'link', 'nowhere', '.', ''])
      expect(await names('condition,task', 'next', file, '')).toEqual([]);
    expect(await names('condition', 'status', '--from', 'broken.toml', '')).toEqual([]);
    expect(await names('', 'nonsense')).toEqual([]);
    expect(await names('condition')).toEqual([]);
  });

  test('are those of a dump and of a recording', async () => {
    const program = place.start(['-J', '-L', 'debug', '--journal', 'day'], { toml: `${TICK}${ITEMS}` });
    await program.record(/^MAIN starting/);
    expect((await place.run(['dump', 'report'])).end.code).toBe(0);
    program.send('exit');
    await program.ended;
    for (const file of ['report', 'day'])
      expect(
        (await names('condition', 'status', '--from', file, '')).map((line) => line.split('\t')[0]).sort(),
      ).toEqual(['Nightly', 'Noon']);
  });

  test('are not waited for when the instance does not answer', async () => {
    const program = place.start(['-J', '-L', 'debug'], { toml: `${TICK}${ITEMS}` });
    await program.record(/^MAIN starting/);
    expect((await place.run(['status'])).end.code).toBe(0);
    expect(await names('condition', 'status', '')).toHaveLength(2);
    program.kill('SIGSTOP');
    const begun = performance.now();
    expect(await names('condition', 'status', '')).toEqual([]);
    // The limit is 300 ms; without it they would be waited for 10 s.
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});
