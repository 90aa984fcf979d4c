import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OPTIONS } from '../../src/cli.ts';
import { loggingFields, outputFields } from '../../src/config/logging.ts';
import { REQUESTS } from '../../src/control/request.ts';
import { COMMANDS } from '../../src/core/commands.ts';
import { registry } from '../../src/items/registry.ts';
import { SUBTREES } from '../../src/log/subtree.ts';
import { LOGGING_EXAMPLE } from '../../src/manual/logging.ts';
import { pages } from '../../src/manual/pages.ts';
import { STATES } from '../../src/manual/states.ts';
import { EXAMPLE } from '../../src/manual/whenever-toml.ts';
import { SUBCOMMANDS } from '../../src/subcommands.ts';
import { daemon, load } from '../support/daemon.ts';
import { bucket, interval, task } from '../support/items.ts';

const folder = join(import.meta.dirname, '../../man');
const found = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((directory) => existsSync(join(directory, program)));

describe('the manual pages', () => {
  test.each(Object.keys(pages()))('man/%s is what "npm run man" makes of the tables', (name) => {
    expect(readFileSync(join(folder, name), 'utf8'), 'run "npm run man" and commit the result').toBe(pages()[name]);
  });

  test.each(Object.keys(pages()))('groff has nothing to say against man/%s', (name) => {
    // Where there is no groff, nobody reads manual pages.
    const said = found('groff') ? spawnSync('groff', ['-man', '-ww', '-z', join(folder, name)]).stderr.toString() : '';
    expect(said).toBe('');
  });

  test('whenever(1) has every option, input command and subcommand', () => {
    const text = plain(pages()['whenever.1']!);
    for (const { flags, help } of OPTIONS) {
      expect(text).toContain(flags);
      expect(text).toContain(help.slice(1));
    }
    for (const { name, help } of SUBCOMMANDS) {
      expect(text).toContain(`whenever ${name}`);
      expect(text).toContain(help.slice(1));
    }
    for (const { names, help } of COMMANDS) {
      for (const name of names) expect(text).toContain(name);
      expect(text).toContain(plain(help));
    }
  });

  test('whenever(1) has every request of the control socket with its fields, and every state', () => {
    const text = plain(pages()['whenever.1']!);
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
    const text = plain(pages()['whenever.toml.5']!);
    for (const key of [...Object.keys(loggingFields), ...Object.keys(outputFields)])
      expect(text).toMatch(new RegExp(`^${key}$`, 'm'));
    for (const subtree of Object.keys(SUBTREES)) expect(text).toMatch(new RegExp(`^whenever\\.${subtree}$`, 'm'));
    const { logging } = (await load(`${EXAMPLE}\n${LOGGING_EXAMPLE}`)).settings;
    expect(logging?.levels).toMatchObject({ 'whenever.condition.DiskFull': 'trace' });
    expect(logging?.outputs).toHaveLength(1);
  });

  test('whenever.toml(5) has every kind with every key', () => {
    const text = plain(pages()['whenever.toml.5']!);
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
