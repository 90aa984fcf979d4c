import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OPTIONS } from '../../src/cli.ts';
import { COMMANDS } from '../../src/core/commands.ts';
import { registry } from '../../src/items/registry.ts';
import { pages } from '../../src/manual/pages.ts';
import { SUBCOMMANDS } from '../../src/subcommands.ts';

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
