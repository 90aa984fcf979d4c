import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Locked {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Locked;

/** Where Node looks for a package that `from` uses, the nearest folder first. */
const candidates = (from: string, name: string): string[] => {
  const parts = from.split('/node_modules/');
  return [
    ...parts.map((_, i) => `${parts.slice(0, parts.length - i).join('/node_modules/')}/node_modules/${name}`),
    `node_modules/${name}`,
  ];
};

describe('The lock file', () => {
  it('has every optional package, of other systems too, so that "npm ci" works', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter((name) => !candidates(path, name).some((place) => place in packages)),
    );
    expect(missing).toEqual([]);
  });
});
