import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Place } from '../support/program.ts';

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const section = readme.split('## See what will happen')[1]?.split('\n## ')[0] ?? '';
const blocks = (kind: string): string[] =>
  [...section.matchAll(new RegExp(`^\`\`\`${kind}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text);

describe('what the README shows of the future', () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.clear());

  test('there is a file, and as many commands as outputs', () => {
    expect(blocks('toml')).toHaveLength(1);
    expect(blocks('sh')).toHaveLength(2);
    expect(blocks('text')).toHaveLength(2);
  });

  test.each(blocks('sh').map((line, i) => [line.trim(), blocks('text')[i]]))('%s', async (line, shown) => {
    place.write('my.toml', blocks('toml')[0] ?? '');
    const { stdout } = await place.run(line.split(' ').slice(1), { env: { TZ: 'UTC' } });
    expect(stdout.trimStart()).toBe(shown);
  });

  test('The program is installed before it is used.', () => {
    expect(readme.indexOf('## Install it')).toBeLessThan(readme.indexOf('whenever next'));
    expect(readme.indexOf('## Install it')).toBeLessThan(readme.indexOf('## The smallest configuration'));
  });
});
