import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadSubcommands } from '../../src/commands/index.ts';
import { fleetFields } from '../../src/config/fleet.ts';
import { historyFields } from '../../src/config/history.ts';
import { hookFields } from '../../src/config/hooks.ts';
import { loggingFields, outputFields } from '../../src/config/logging.ts';
import { MAX_REQUEST_BYTES, REQUESTS } from '../../src/control/request.ts';
import { COMMANDS } from '../../src/core/commands.ts';
import { STATES } from '../../src/core/states.ts';
import { OPTIONS } from '../../src/daemon-options.ts';
import { SPECIFICATION_KEYS } from '../../src/items/common/specification-keys.ts';
import { registry } from '../../src/items/registry.ts';
import { CAUSES } from '../../src/journal/fact.ts';
import { EVENTS_PER_TOPIC } from '../../src/journal/memory.ts';
import { SUBTREES } from '../../src/log/subtree.ts';
import { manualPage } from '../../src/manual/pages.ts';
import { toRoff } from '../../src/manual/roff.ts';
import { daemon, load } from '../support/daemon.ts';
import { bucket, interval, task } from '../support/items.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'man');
const found = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((directory) => existsSync(join(directory, program)));

/** The Markdown of a page. */
const markdown = (name: string): string => readFileSync(join(root, 'docs/man', `${name}.md`), 'utf8');
const names = readdirSync(join(root, 'docs/man')).map((file) => file.replace(/\.md$/, ''));
const pages: Readonly<Record<string, string>> = Object.fromEntries(
  await Promise.all(names.map(async (name) => [name, await manualPage(markdown(name))])),
);
const SUBCOMMANDS = await loadSubcommands();

/** The blocks of code of a page that begin with a table of TOML. */
const examplesOf = (name: string): readonly string[] =>
  [...markdown(name).matchAll(/^```\n(.*?)^```$/gms)]
    .map(([, text = '']) => text)
    .filter((text) => /^(\[\[?\w+|scheduler_)/.test(text));

describe('the manual pages', () => {
  test('each page in docs/man is in man/ and in package.json', () => {
    expect(readdirSync(folder).sort()).toEqual([...names].sort());
    const { man } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { man: string[] };
    expect([...man].sort()).toEqual(names.map((name) => `man/${name}`).sort());
  });

  test.each(names)('man/%s is what "npm run man" makes of the tables', (name) => {
    expect(readFileSync(join(folder, name), 'utf8'), 'run "npm run man" and commit the result').toBe(pages[name]);
  });

  test.each(names)('groff reports nothing about man/%s', (name) => {
    // Where there is no groff, there are no manual pages either.
    const said = found('groff') ? spawnSync('groff', ['-man', '-ww', '-z', join(folder, name)]).stderr.toString() : '';
    expect(said).toBe('');
  });

  test('whenever(1) has at most 400 lines at 80 columns, and an example of every subcommand', () => {
    if (found('groff')) {
      const { stdout } = spawnSync('groff', ['-man', '-Tascii', '-rLL=78n', join(folder, 'whenever.1')]);
      expect(stdout.toString().split('\n').length).toBeLessThanOrEqual(400);
    }
    const chapter = (page: string) => pages[page]!.split('.SH COMMANDS')[1]!.split('\n.SH ')[0]!;
    for (const { name, page } of SUBCOMMANDS)
      expect(chapter(page === undefined ? 'whenever.1' : `whenever-${page}.1`)).toMatch(
        new RegExp(`^\\.EX\n(.*\n)*?whenever ${name}\\b`, 'm'),
      );
  });

  test.each(names)('no line of man/%s is wider than 80 columns', (name) => {
    // Null where there is no groff.
    const page = spawnSync('groff', ['-man', '-Tascii', '-P-cbou', '-rLL=78n', join(folder, name)])
      .stdout as Buffer | null;
    expect((page?.toString() ?? '').split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('whenever(1) has every option and subcommand, and names every input command', () => {
    const text = plain(pages['whenever.1']!);
    for (const { flags, help } of OPTIONS) {
      expect(text).toContain(flags);
      expect(text).toContain(help.slice(1));
    }
    for (const { name, help, page } of SUBCOMMANDS) {
      const described = page === undefined ? text : plain(pages[`whenever-${page}.1`]!);
      expect(described).toContain(`whenever ${name}`);
      expect(described).toContain(help.slice(1));
    }
    for (const { names } of COMMANDS) expect(text).toContain(names[0]);
  });

  test('whenever-control(7) has every input command', () => {
    const text = plain(pages['whenever-control.7']!);
    for (const { names, help } of COMMANDS) {
      for (const name of names) expect(text).toContain(name);
      expect(text).toContain(plain(help));
    }
  });

  test('whenever-control(7) has every request of the control socket with its fields, and every state', () => {
    const text = plain(pages['whenever-control.7']!);
    expect(text).toContain(`${MAX_REQUEST_BYTES} bytes`);
    expect(text).toContain(`The last ${EVENTS_PER_TOPIC} of each topic`);
    for (const cause of CAUSES) expect(text).toContain(cause);
    for (const [name, { help, fields }] of Object.entries(REQUESTS)) {
      expect(text).toMatch(new RegExp(`^${name}$`, 'm'));
      expect(text).toContain(help);
      for (const [key, { help: about }] of Object.entries(fields))
        expect(text).toMatch(new RegExp(`\\b${key} \\(.*${about}`));
    }
    for (const states of Object.values(STATES))
      for (const meaning of Object.values(states)) expect(text).toContain(meaning);
  });

  test('every state that an item of a busy daemon is ever in is in the manual', async () => {
    const reached = await statesReached();
    expect(reached.length).toBeGreaterThan(15);
    const known = Object.entries(STATES).flatMap(([section, states]) =>
      Object.keys(states).map((state) => `${section}: ${state}`),
    );
    expect(reached.filter((state) => !known.includes(state))).toEqual([]);
  });

  test('whenever.toml(5) has every key of [logging] and every subtree, and its example loads', async () => {
    const text = plain(pages['whenever.toml.5']!);
    for (const key of [...Object.keys(loggingFields), ...Object.keys(outputFields)])
      expect(text).toMatch(new RegExp(`^${key}$`, 'm'));
    for (const subtree of Object.keys(SUBTREES)) expect(text).toMatch(new RegExp(`^whenever\\.${subtree}$`, 'm'));
    const [, , logged = '', , whole = ''] = examplesOf('whenever.toml.5');
    const { logging } = (await load(`${whole}\n${logged}`)).settings;
    expect(logging?.levels).toMatchObject({ 'whenever.condition.DiskFull': 'trace' });
    expect(logging?.outputs).toHaveLength(2);
  });

  test('whenever.toml(5) has every key of [history], and its example loads', async () => {
    const text = plain(pages['whenever.toml.5']!);
    for (const key of Object.keys(historyFields)) expect(text).toMatch(new RegExp(`^${key}$`, 'm'));
    const [, , , kept = ''] = examplesOf('whenever.toml.5');
    expect((await load(kept)).settings.history).toEqual({ enabled: true, days: 365, megabytes: 500 });
  });

  test('whenever.toml(5) has every key of [fleet], and its example loads', async () => {
    const text = plain(pages['whenever.toml.5']!);
    for (const key of Object.keys(fleetFields)) expect(text).toMatch(new RegExp(`^${key}$`, 'm'));
    const example = examplesOf('whenever.toml.5').find((one) => one.includes('[fleet]'))!;
    const { settings, conditions } = await load(example);
    expect(settings.fleet).toMatchObject({ tags: ['gpu'], without_engine: 'hold' });
    expect(conditions[0]?.traits).toMatchObject({ shared: true, on_lost: 'rerun' });
  });

  test('whenever.toml(5) has every key of [defaults], and its example gives hooks to all conditions', async () => {
    const text = plain(pages['whenever.toml.5']!);
    for (const key of Object.keys(hookFields)) expect(text.match(new RegExp(`^${key}$`, 'gm'))).toHaveLength(2);
    const [defaults = '', , , , whole = ''] = examplesOf('whenever.toml.5');
    const { conditions } = await load(`${defaults}\n${whole.replace('scheduler_tick_seconds = 5', '')}`);
    for (const { traits } of conditions)
      expect(traits.hooks).toMatchObject({ on_failure: ['Complain'], after_failures: 3 });
  });

  test('whenever.toml(5) has every kind with every key', () => {
    const text = plain(pages['whenever.toml.5']!);
    for (const key of Object.keys(SPECIFICATION_KEYS)) expect(text).toMatch(new RegExp(`^${key}$`, 'm'));
    for (const [section, { kinds, common }] of Object.entries(registry)) {
      for (const key of Object.keys(common)) expect(text).toMatch(new RegExp(`^${key}$`, 'm'));
      for (const { type, doc, fields } of kinds) {
        expect(text).toContain(`type = "${type}" (${section})`);
        expect(text).toContain(doc);
        for (const key of Object.keys(fields)) expect(text).toMatch(new RegExp(`^${key}$`, 'm'));
      }
    }
  });
});

test('a page is refused that names a table or a subcommand that is not there, or has what roff cannot show', async () => {
  const page = (text: string): Promise<string> => manualPage(`# x(1) -- nothing\n\n${text}\n`);
  await expect(page('<!-- table: nonsense -->')).rejects.toThrow('there is no table "nonsense" (there are: options,');
  await expect(page('<!-- table: subcommand nonsense -->')).rejects.toThrow('there is no subcommand "nonsense"');
  await expect(page('| a |\n| --- |\n| b |')).rejects.toThrow('a manual page cannot have a table');
  await expect(manualPage('# whenever\n')).rejects.toThrow('a manual page begins with "# NAME(SECTION) -- WHAT"');
});

test('text is shown as it is, whatever it begins with or holds', () => {
  const fill = () => [{ entries: [{ term: '.a', text: '*not* `marks` \\ -x' }] }];
  const roff = toRoff("# x(1) -- y\n\n.a line\n'quoted'\n\n**bold** *thin* a_b\n\n<!-- table: t -->\n", {
    footer: 'f',
    fill,
  });
  expect(roff.split('\n').slice(6)).toEqual([
    ...['.PP', "\\&.a line 'quoted'", '.PP', '\\fBbold\\fR \\fIthin\\fR \\%a_b'],
    ...['.TP', '\\fB\\&.a\\fR', '*not* `marks` \\e \\-x', ''],
  ]);
});

test('the parts of a list are parts of it: more paragraphs, code, and numbers', () => {
  const options = { footer: 'f', fill: () => [] };
  const defined = toRoff('# x(1) -- y\n\n- **a**: first\n\n  second ✓\n\n      code\n- **b**: last\n', options);
  expect(defined.split('\n').slice(6)).toEqual([
    ...['.TP', '\\fBa\\fR', 'first', '.IP', 'second \\[u2713]', '.RS 4', '.EX', 'code', '.EE', '.RE'],
    ...['.TP', '\\fBb\\fR', 'last', ''],
  ]);
  const numbered = toRoff('# x(1) -- y\n\n<!-- a remark -->\n\n1. first\n\n   second\n2. last\n', options);
  expect(numbered.split('\n').slice(6)).toEqual([
    ...['.IP 1. 3', 'first', '.IP', 'second', '.PD 0', '.IP 2. 3', 'last', '.PD', ''],
  ]);
  expect(toRoff('# x(1) -- y\n\n-\n- b\n', options).split('\n').slice(6)).toEqual([
    ...['.PD 0', '.IP \\(bu 2', 'b', '.PD', ''],
  ]);
});

/** The text of a page without its marks, lines as in the source. */
function plain(source: string): string {
  return source
    .replace(/\\f[BIR]|\\%|\\&/g, '')
    .replace(/\\\[dq\]/g, '"')
    .replace(/\\\[en\]/g, '–')
    .replace(/…/g, '...')
    .replace(/\\-/g, '-')
    .replace(/\\e/g, '\\');
}

/** `condition: waiting`: what items go through when everything happens to them. */
async function statesReached(): Promise<string[]> {
  const internal = '[[task]]\nname = "I"\ntype = "internal"\ncommand = "resume"\n';
  const script = '[[task]]\nname = "L"\ntype = "lua"\nscript = ""\n[[task]]\nname = "X"\ntype = "lua"\nscript = ""\n';
  const listening = '[[event]]\nname = "F"\ntype = "fschange"\nwatch = ["/there"]\ncondition = "Asked"\n';
  const probe =
    '[[condition]]\nname = "P"\ntype = "command"\ncommand = "probe"\ncommand_arguments = []\nstartup_path = "/"\ntasks = ["T"]\n';
  const conditions = [
    interval('Once', 5, 'max_tasks_retries = 1'),
    interval('Bad', 5, 'max_tasks_retries = 1', '["Fail"]'),
    interval('Off', 5, 'suspended = true'),
    interval('Bare', 5, '', '[]'),
    interval('Scripts', 5, 'recurring = true', '["L", "X", "I"]'),
    interval('Slow', 5, 'recurring = true', '["Long"]'),
  ].join('');
  const first = `scheduler_tick_seconds = 5\n${task('T')}${task('Fail')}${task('Long')}${internal}${script}${conditions}${probe}${bucket('Asked')}${listening}`;
  const facts: string[] = [];
  const one = await daemon(first, {
    processes: { Fail: [{ end: { how: 'exit', code: 1 } }], Long: [{ seconds: 60 }], probe: [{ seconds: 2 }] },
    lua: { L: [{ result: 'none' }], X: [{ result: 'error' }] },
    files: {
      other: first.replace(
        'name = "Slow"\ntype = "interval"\ninterval_seconds = 5',
        'name = "Slow"\ntype = "interval"\ninterval_seconds = 6',
      ),
      none: task('T'),
    },
    there: ['/there'],
    listener: (fact) => {
      if (fact.kind === 'transition') facts.push(`${fact.key.split('/')[0]}: ${fact.finish}`);
    },
  });
  await one.advance(12);
  for (const line of ['trigger Go', 'suspend_condition Asked', 'trigger Go', 'configure other']) await one.submit(line);
  await one.advance(120);
  await one.submit('configure none');
  await one.advance(120);
  return [...new Set(facts)].sort();
}
