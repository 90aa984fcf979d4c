import { statSync } from 'node:fs';
import { hostFs, readRegularText } from '../adapters/host-fs.ts';
import { findingsOf } from '../check/check-text.ts';
import type { SourceFile } from '../config/included-files.ts';
import { loadConfig, readConfig } from '../config/load.ts';
import { locator } from '../config/locate.ts';
import type { Config } from '../core/spec.ts';
import { describeConfig } from '../describe/describe.ts';
import { messageOf } from '../error-message.ts';
import { registry } from '../items/registry.ts';
import { redactText } from '../redact.ts';
import type { FileAnswer, ItemAnswer } from './api.ts';

/** How often the files are looked at for changes, in ms. */
const LOOK_MS = 1000;

/** The files as they are now. */
interface Loaded {
  readonly answer: FileAnswer;
  /** The configuration; undefined: the file would be refused. */
  readonly config: Config | undefined;
  readonly sources: ReadonlyMap<string, ItemAnswer['source']>;
  readonly descriptions: ReadonlyMap<string, readonly string[]>;
}

const SECTIONS = ['task', 'condition', 'event'] as const;

const stampOf = (path: string): string => {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return `${path} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch (error) {
    // Reading it says why it cannot be looked at.
    return `${path} ${(error as NodeJS.ErrnoException).code}`;
  }
};

/** Whether one of the files was changed after an instant, wall-clock ms. */
export const changedAfter = (paths: readonly string[], instant: number): boolean =>
  paths.some((path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) > instant);

/** The part of a text from one line up to the next item. */
const partFrom = (lines: readonly string[], first: number, next: number): string =>
  lines
    .slice(first - 1, next - 1)
    .join('\n')
    .trimEnd();

/** An item, and where it is: its number among those of its section in a file. */
interface Placed {
  readonly section: (typeof SECTIONS)[number];
  readonly name: string;
  readonly file: string;
  readonly index: number;
}

/** The part of each item of a file: it ends where the next one begins. */
const partsOf = async (
  { file, text }: SourceFile,
  items: readonly Placed[],
): Promise<readonly (readonly [key: string, source: ItemAnswer['source']])[]> => {
  const find = await locator(text);
  const lines = text.split('\n');
  const placed = items
    .map((item) => ({ ...item, line: find([item.section, item.index], 'key')?.line ?? 1 }))
    .sort((a, b) => a.line - b.line);
  return placed.map(({ section, name, line }, i) => {
    const part = partFrom(lines, line, placed[i + 1]?.line ?? lines.length + 1);
    return [`${section}/${name}`, { file, line, text: redactText(part) }];
  });
};

/** Loads and checks the files of a configuration, once for each change of them. */
export class CheckedFiles {
  readonly file: string;
  #stamps: string | undefined;
  #paths: readonly string[];
  #looked = Number.NEGATIVE_INFINITY;
  #loaded: Promise<Loaded> | undefined;

  constructor(file: string) {
    this.file = file;
    this.#paths = [file];
  }

  /** What is in the files now. */
  async load(): Promise<Loaded> {
    const now = performance.now();
    if (this.#loaded !== undefined && now - this.#looked < LOOK_MS) return this.#loaded;
    this.#looked = now;
    const stamps = this.#paths.map(stampOf).join('\n');
    if (this.#loaded === undefined || stamps !== this.#stamps) {
      this.#loaded = this.#read();
      const { answer } = await this.#loaded;
      this.#paths = answer.files.length > 0 ? answer.files.map(({ path }) => path) : [this.file];
      this.#stamps = this.#paths.map(stampOf).join('\n');
    }
    return this.#loaded;
  }

  async #read(): Promise<Loaded> {
    let text: string;
    try {
      text = await readRegularText(this.file);
    } catch (error) {
      const answer = { files: [], findings: [], problem: messageOf(error) };
      return { answer, config: undefined, sources: new Map(), descriptions: new Map() };
    }
    const { findings } = await findingsOf(this.file, text, hostFs);
    const { checked, included } = await readConfig(this.file, text, registry, hostFs);
    const files = included ? [included.main, ...included.files] : [{ file: this.file, text }];
    const items = SECTIONS.flatMap((section) =>
      (checked?.[section].items ?? []).map(({ name, path }): Placed => {
        const home = included?.homeOf(path) ?? { source: files[0]!, path };
        return { section, name, file: home.source.file, index: Number(home.path[1]) };
      }),
    );
    const sources = new Map<string, ItemAnswer['source']>();
    for (const file of files)
      for (const [key, source] of await partsOf(
        file,
        items.filter((item) => item.file === file.file),
      ))
        sources.set(key, source);
    const answer: FileAnswer = {
      files: files.map(({ file, text: own }) => ({ path: file, text: redactText(own) })),
      findings: findings.map((finding) =>
        finding.picture === undefined ? finding : { ...finding, picture: redactText(finding.picture) },
      ),
    };
    const config = await this.#config(text);
    return { answer, config, sources, descriptions: config ? descriptionsOf(config) : new Map() };
  }
  async #config(text: string): Promise<Config | undefined> {
    try {
      return await loadConfig(this.file, text, registry, hostFs);
    } catch {
      // The findings say why.
      return undefined;
    }
  }
}

const descriptionsOf = (config: Config): ReadonlyMap<string, readonly string[]> => {
  const { conditions, tasks, events } = describeConfig(config);
  const found = new Map<string, readonly string[]>();
  for (const [section, items] of Object.entries({ condition: conditions, task: tasks, event: events }))
    for (const { name, text } of items) found.set(`${section}/${name}`, text);
  return found;
};
