import { type SourceProblem, UnreadableSource } from './host.ts';

/** One assignment of a unit file. */
export interface Assignment {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly file: string;
  readonly line: number;
  /** Where the value begins, from 1. */
  readonly column: number;
  /** The whole text of the file. */
  readonly source: string;
}

/** An assignment that is not understood. */
export const wrongValue = (
  { file, line, column, source, key, value }: Assignment,
  expected: string,
  offset = 0,
): SourceProblem => ({
  file,
  line,
  column: column + offset,
  text: `expected ${expected} in ${key}=, found "${value}"`,
  source,
});

/** Lines with those that follow a backslash, and the number of the first of them. */
const logicalLines = (text: string): { readonly line: number; readonly text: string }[] => {
  const lines: { line: number; text: string }[] = [];
  let open: { line: number; text: string } | undefined;
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    const isComment = /^\s*[#;]/.test(raw);
    // A comment between lines that are joined is left out.
    if (isComment && open !== undefined) continue;
    const joined: { line: number; text: string } =
      open === undefined ? { line: i + 1, text: raw } : { line: open.line, text: `${open.text} ${raw.trimStart()}` };
    open = !isComment && joined.text.endsWith('\\') ? { ...joined, text: joined.text.slice(0, -1) } : undefined;
    if (open === undefined) lines.push(joined);
  }
  if (open !== undefined) lines.push(open);
  return lines;
};

/** Reads a unit file or a drop-in. @throws UnreadableSource */
export const readUnitFile = (file: string, source: string): Assignment[] => {
  const found: Assignment[] = [];
  const problems: SourceProblem[] = [];
  let section: string | undefined;
  for (const { line, text } of logicalLines(source)) {
    const trimmed = text.trim();
    if (trimmed === '' || /^[#;]/.test(trimmed)) continue;
    const header = /^\[([^\]]+)\]$/.exec(trimmed)?.[1];
    const assignment = /^(\s*([A-Za-z][\w-]*)\s*=\s*)(.*?)\s*$/.exec(text);
    const complain = (expected: string) =>
      problems.push({ file, line, column: text.search(/\S/) + 1, text: `${expected}, found "${trimmed}"`, source });
    if (header !== undefined) section = header;
    else if (assignment === null) complain('expected a section such as [Timer], KEY=VALUE, or a comment');
    else if (section === undefined) complain('expected a section such as [Timer] before the first key');
    else {
      const [, head = '', key = '', value = ''] = assignment;
      found.push({ section, key, value, file, line, column: head.length + 1, source });
    }
  }
  if (problems.length > 0) throw new UnreadableSource(problems);
  return found;
};

/** A unit: its file and its drop-ins. What was read of it is noted, so that the rest can be said. */
export class Unit {
  /** As it is called, such as `backup@home.service`. */
  readonly name: string;
  readonly #assignments: readonly Assignment[];
  readonly #read = new Set<string>();

  constructor(name: string, assignments: readonly Assignment[]) {
    this.name = name;
    this.#assignments = assignments;
  }

  /** The name without its suffix. */
  get stem(): string {
    return this.name.replace(/\.[^.]*$/, '');
  }
  /** What stands before the @. */
  get prefix(): string {
    return this.stem.replace(/@.*/, '');
  }
  /** What stands behind the @; empty: it is no instance. */
  get instance(): string {
    return /@(.*)$/.exec(this.stem)?.[1] ?? '';
  }

  /** All assignments of a key; an empty one takes back those before it. */
  all(section: string, ...keys: readonly string[]): Assignment[] {
    for (const key of keys) this.#read.add(`${section}.${key}`);
    let found: Assignment[] = [];
    for (const one of this.#assignments)
      if (one.section === section && keys.includes(one.key))
        found = one.value === '' ? found.filter(({ key }) => key !== one.key) : [...found, one];
    return found;
  }

  /** The last assignment of a key. */
  last(section: string, key: string): Assignment | undefined {
    return this.all(section, key).at(-1);
  }

  text(section: string, key: string): string | undefined {
    return this.last(section, key)?.value;
  }

  /** A yes or no of systemd. */
  flag(section: string, key: string): boolean {
    return /^(?:1|yes|y|true|t|on)$/i.test(this.text(section, key) ?? '');
  }

  /** Assignments that have not been read, as `KEY=VALUE`. */
  unread(): string[] {
    return this.#assignments
      .filter(
        ({ section, key, value }) => value !== '' && !section.startsWith('X-') && !this.#read.has(`${section}.${key}`),
      )
      .map(({ key, value }) => `${key}=${value}`);
  }
}

/** The units of a directory. */
export interface UnitDirectory {
  readonly path: string;
  /** Texts of files that end in .timer or .service, by name. */
  readonly units: ReadonlyMap<string, string>;
  /** Drop-ins of units in the order of their names. */
  readonly dropIns: ReadonlyMap<string, readonly { readonly file: string; readonly text: string }[]>;
  /** UniqueNames in `timers.target.wants`: the timers that are enabled. Undefined: there is no such directory. */
  readonly enabled: ReadonlySet<string> | undefined;
}

/** The template of an instance; of another unit its own name. */
export const templateOf = (name: string): string => name.replace(/@.*(\.[^.]+)$/, '@$1');

/** Finds a unit, or the template of which it is an instance. @throws UnreadableSource */
export const findUnit = ({ path, units, dropIns }: UnitDirectory, name: string): Unit | undefined => {
  const template = templateOf(name);
  const file = units.has(name) ? name : template;
  const text = units.get(file);
  if (text === undefined) return undefined;
  const more = [...new Set([template, name])].flatMap((unit) => dropIns.get(unit) ?? []);
  const parts = more.map((dropIn) => readUnitFile(dropIn.file, dropIn.text));
  return new Unit(name, [...readUnitFile(`${path}/${file}`, text), ...parts.flat()]);
};
