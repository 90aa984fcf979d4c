import { appendFileSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError } from '../../call-safely.ts';
import type { ClaimEntry } from '../../fleet/entries.ts';
import type { OwedFirings, OwedInstants, OwedKeeper } from '../../fleet/owed-firings.ts';
import { noteWriter, writtenByOthers } from './spool-writer.ts';

/** A draft can be left of a program that was killed. */
const FILE = /^([0-9a-f]+)\.owed\.ndjson(\.new)?$/;

/** A line of the file. Of a key the last one counts. */
type Line = readonly [key: string, entry: ClaimEntry] | OwedInstants;

/** A line that was not written to its end is ended by that of the next one. */
const textOf = (line: Line): string => `\n${JSON.stringify(line)}\n`;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Undefined: it was not written to its end, or not by this program. */
const readLine = (text: string): Line | undefined => {
  try {
    const found = JSON.parse(text) as Partial<OwedInstants> | readonly unknown[] | null;
    if (Array.isArray(found)) return typeof found[0] === 'string' && isObject(found[1]) ? (found as never) : undefined;
    const { firing, covers } = found as Partial<OwedInstants>;
    return isObject(firing) && Array.isArray(covers?.instants) ? { firing, covers } : undefined;
  } catch {
    return undefined;
  }
};

/**
 * What the servers do not have yet of shared firings, for the next instance of the program: it can be killed at any time. Nothing is
 * there as long as nothing is owed.
 */
export class OwedFile implements OwedKeeper {
  readonly #directory: string;
  readonly #session: string;
  readonly #warn: (text: string) => void;
  /** Files of earlier instances, which stay until the own one has what is in them. */
  readonly #earlier: string[] = [];
  #isThere = false;
  #failed = false;

  constructor(directory: string, session: string, warn: (text: string) => void) {
    this.#directory = directory;
    this.#session = session;
    this.#warn = warn;
  }

  /** What earlier instances have kept. */
  read(): OwedFirings {
    const missed: OwedInstants[] = [];
    const written = new Map<string, ClaimEntry>();
    const read = (path: string): void => {
      for (const text of readFileSync(path, 'utf8').split('\n')) {
        const line = readLine(text);
        if (line === undefined) continue;
        if ('covers' in line) missed.push(line);
        else written.set(...line);
      }
      this.#earlier.push(path);
    };
    this.#attempt(() => {
      // What cannot be read stays.
      for (const path of this.#find()) this.#attempt(() => read(path));
    });
    return { missed, written: [...written] };
  }

  add(key: string, entry: ClaimEntry): void {
    this.#attempt(() => {
      this.#begin();
      appendFileSync(this.#path, textOf([key, entry]), { mode: 0o600 });
    });
  }

  replace({ missed, written }: OwedFirings): void {
    const text = [...missed, ...written].map(textOf).join('');
    this.#attempt(() => {
      if (text !== '') {
        this.#begin();
        const draft = `${this.#path}.new`;
        writeFileSync(draft, text, { mode: 0o600, flush: true });
        renameSync(draft, this.#path);
      } else if (this.#isThere) rmSync(this.#path, { force: true });
      this.#isThere = text !== '';
      for (const path of this.#earlier.splice(0)) rmSync(path, { force: true });
    });
  }

  get #path(): string {
    return join(this.#directory, `${this.#session}.owed.ndjson`);
  }

  /** The files of earlier instances, in the order in which they were written. */
  #find(): readonly string[] {
    // Two programs can have one name and one directory.
    const others = writtenByOthers(this.#directory);
    return readdirSync(this.#directory)
      .flatMap((name) => {
        const session = FILE.exec(name)?.[1];
        if (session === undefined || session === this.#session || others.has(session)) return [];
        const path = join(this.#directory, name);
        const stats = lstatSync(path, { throwIfNoEntry: false });
        return stats?.isFile() ? [{ path, at: stats.mtimeMs }] : [];
      })
      .sort((a, b) => a.at - b.at)
      .map(({ path }) => path);
  }

  /** Other programs see whose file it is. */
  #begin(): void {
    if (!this.#isThere) noteWriter(this.#directory, this.#session);
    this.#isThere = true;
  }

  /** A shortage does not keep a run from beginning. */
  #attempt(act: () => void): void {
    try {
      act();
      this.#failed = false;
    } catch (error) {
      if (!this.#failed)
        this.#warn(
          `what the servers of the fleet do not know yet of shared firings cannot be kept in ${this.#directory}: ${describeError(error, true)}; it is lost if this program is killed`,
        );
      this.#failed = true;
    }
  }
}
