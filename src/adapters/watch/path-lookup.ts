import { lstatSync, readlinkSync } from 'node:fs';
import { dirname, join, parse, resolve, sep } from 'node:path';
import { inodeOf } from './file-identity.ts';

/** A name that is looked up in a directory on the way to a path. */
export interface LookupStep {
  readonly directory: string;
  readonly name: string;
}

/** The way to a path, links followed. */
export interface PathLookup {
  /** Every lookup, up to the first that finds nothing. */
  readonly steps: readonly LookupStep[];
  /** What is at its end; undefined: nothing, or something that cannot be looked at. */
  readonly end: { readonly path: string; readonly directory: boolean; readonly identity: string } | undefined;
  /** What keeps from looking at what is at its end, if it is not that there is nothing. */
  readonly obstacle?: string;
}

/** Links on one way that are followed at the most. */
const MOST_LINKS = 40;

/** Follows a path as the system does and tells every directory whose change could lead elsewhere. */
export const lookUpPath = (path: string): PathLookup => {
  const whole = resolve(path);
  let { root: at } = parse(whole);
  const left = whole.slice(at.length).split(sep).filter(Boolean);
  const steps: LookupStep[] = [];
  let links = 0;
  let identity = '';
  let directory = true;
  while (left.length > 0) {
    const name = left.shift()!;
    if (name === '..' || name === '.') {
      if (name === '..') at = dirname(at);
      continue;
    }
    steps.push({ directory: at, name });
    const here = join(at, name);
    try {
      const stats = lstatSync(here, { bigint: true });
      if (stats.isSymbolicLink()) {
        links += 1;
        if (links > MOST_LINKS) return { steps, end: undefined, obstacle: `too many links at ${here}` };
        const target = readlinkSync(here);
        const { root } = parse(target);
        if (root) at = root;
        left.unshift(...target.slice(root.length).split(sep).filter(Boolean));
        continue;
      }
      directory = stats.isDirectory();
      identity = inodeOf(stats);
      if (left.length > 0 && !directory) return { steps, end: undefined, obstacle: `${here} is not a directory` };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { steps, end: undefined, ...(code === 'ENOENT' ? {} : { obstacle: message }) };
    }
    at = here;
  }
  return { steps, end: { path: at, directory, identity } };
};

/** True when both ways lead through the same directories to the same thing. */
export const sameLookup = (a: PathLookup, b: PathLookup): boolean =>
  a.end?.identity === b.end?.identity &&
  a.steps.length === b.steps.length &&
  a.steps.every(({ directory, name }, i) => b.steps[i]!.directory === directory && b.steps[i]!.name === name);
