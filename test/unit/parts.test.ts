import { describe, expect, test } from 'vitest';
// @ts-expect-error a script without types
import { pageParts } from '../../scripts/page.mjs';
// @ts-expect-error a script without types
import { partsOf } from '../../scripts/parts.mjs';

interface Part {
  readonly name: string;
  readonly files: ReadonlySet<string>;
  readonly handed: ReadonlySet<string>;
}

describe('the files of dist/', async () => {
  const options = { bundle: true, platform: 'node', format: 'cjs', logLevel: 'silent', plugins: [pageParts] };
  const parts: readonly Part[] = await partsOf(options);
  const home = (file: string): string | undefined => parts.find(({ files }) => files.has(file))?.name;

  test('Each source file is in one part only.', () => {
    const all = parts.flatMap(({ files }) => [...files]);
    expect(all.length).toBeGreaterThan(100);
    expect([...new Set(all)]).toEqual(all);
    expect(new Set(parts.map(({ name }) => name)).size).toBe(parts.length);
  });

  test('A daemon loads the engine after the check of its file, and that after its first record.', () => {
    for (const file of ['main', 'journal/journal', 'adapters/log-outputs'])
      expect(home(`src/${file}.ts`)).toBe('whenever');
    for (const file of ['config/load', 'items/registry']) expect(home(`src/${file}.ts`)).toBe('configuration');
    for (const file of ['core/scheduler', 'run-scheduler']) expect(home(`src/${file}.ts`)).toBe('engine');
    // What a command asks with: it does not load the engine.
    for (const file of ['control/request', 'core/reasons']) expect(home(`src/${file}.ts`)).toBe('shared');
  });

  test('What is imported late is no part of the start; what the start needs, others get from there.', () => {
    for (const late of [
      'control/request-handler',
      'commands/status',
      'commands/simulate',
      'adapters/bus/bus',
      'config/locate',
    ])
      expect(home(`src/${late}.ts`)).toBe(late.replaceAll('/', '-'));
    const early = parts.find(({ files }) => files.has('src/log/record.ts'));
    expect(early!.handed).toContain('src/log/record.ts');
  });

  test('What several late parts need is there once.', () => {
    expect(home('src/terminal/table.ts')).not.toBe('whenever');
    expect(parts.find(({ files }) => files.has('src/terminal/table.ts'))!.handed).toContain('src/terminal/table.ts');
  });
});
