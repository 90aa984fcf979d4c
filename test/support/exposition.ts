/**
 * A parser of the text format 0.0.4 of Prometheus, strict about its grammar and about what belongs together. Anything that is
 * not right throws with the number of the line.
 */

/** A family as it was read. */
export interface ReadFamily {
  readonly type: string;
  readonly help: string;
  readonly samples: ReadonlyMap<string, number>;
}

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

const number = (word: string): number => {
  if (word === 'NaN') return Number.NaN;
  if (/^[+-]?Inf$/.test(word)) return word.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(word)) throw new Error(`"${word}" is no number`);
  return Number(word);
};

/** `a="b",c="d"` as pairs, in order of their names. */
const labelsOf = (text: string): [string, string][] => {
  const pairs: [string, string][] = [];
  let rest = text;
  while (rest !== '') {
    const match = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\n"])*)"(?:,|$)/.exec(rest);
    if (match === null) throw new Error(`labels: ${rest}`);
    const value = match[2]!.replace(/\\([\\n"])/g, (_, c: string) => (c === 'n' ? '\n' : c));
    if (pairs.some(([name]) => name === match[1])) throw new Error(`label ${match[1]} twice`);
    pairs.push([match[1]!, value]);
    rest = rest.slice(match[0].length);
  }
  return pairs.sort(([a], [b]) => (a < b ? -1 : 1));
};

type Families = Map<string, { type: string; help: string; samples: Map<string, number> }>;

const readHelp = (families: Families, name: string, help: string): void => {
  if (families.has(name)) throw new Error(`family ${name} twice`);
  if (/\\(?![\\n])/.test(help.replace(/\\\\/g, ''))) throw new Error('an escape in HELP');
  families.set(name, { type: '', help, samples: new Map() });
};

const readType = (families: Families, current: string, name: string, type: string): void => {
  const family = families.get(name);
  if (name !== current || family?.type !== '') throw new Error(`TYPE of ${name} at the wrong place`);
  if (!['counter', 'gauge', 'histogram', 'summary', 'untyped'].includes(type)) throw new Error(`type ${type}`);
  family.type = type;
};

const readSample = (families: Families, current: string, line: string): void => {
  const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/s.exec(line);
  if (sample === null) throw new Error(`"${line}"`);
  const [, name, labels = '', value] = sample as unknown as [string, string, string, string];
  const family = families.get(current);
  if (family === undefined || family.type === '') throw new Error(`${name} without TYPE`);
  const suffix = name.slice(current.length);
  if (!name.startsWith(current) || !(SUFFIXES[family.type] ?? ['']).includes(suffix))
    throw new Error(`${name} is no sample of ${family.type} ${current}`);
  const key = `${suffix}{${labelsOf(labels)
    .map(([label, of]) => `${label}=${of}`)
    .join(',')}}`;
  if (family.samples.has(key)) throw new Error(`${key} twice`);
  family.samples.set(key, number(value));
};

/** Families by name; samples by `suffix{label=value,…}` with labels in alphabetical order. */
export const readExposition = (text: string): ReadonlyMap<string, ReadFamily> => {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line has no end');
  const families: Families = new Map();
  let current = '';
  for (const [i, line] of text.split('\n').slice(0, -1).entries()) {
    try {
      const comment = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.*)$/.exec(line);
      if (comment === null) readSample(families, current, line);
      else {
        const [, what, name, more] = comment as unknown as [string, string, string, string];
        if (what === 'HELP') readHelp(families, name, more);
        else readType(families, current, name, more);
        current = name;
      }
    } catch (error) {
      throw new Error(`line ${i + 1}: ${(error as Error).message}`);
    }
  }
  for (const [name, family] of families) checkFamily(name, family);
  return families;
};

const checkFamily = (name: string, { type, samples }: ReadFamily): void => {
  if (type === '') throw new Error(`${name} has no type`);
  if (type === 'counter' && !name.endsWith('_total')) throw new Error(`counter ${name} does not end in _total`);
  if (type === 'counter')
    for (const value of samples.values()) if (!(value >= 0)) throw new Error(`counter ${name} is ${value}`);
  if (type === 'histogram') checkHistogram(name, samples);
};

/** The buckets of each group of labels, in the order of the file. */
const bucketsOf = (samples: ReadFamily['samples']): ReadonlyMap<string, readonly [number, number][]> => {
  const groups = new Map<string, [number, number][]>();
  for (const [key, count] of samples) {
    const match = /^_bucket\{(.*)\}$/.exec(key);
    if (match === null) continue;
    const le = /(?:^|,)le=([^,]*)/.exec(match[1]!);
    if (le === null) throw new Error(`bucket without le: ${key}`);
    const rest = match[1]!.replace(/(?:^|,)le=[^,]*/, '').replace(/^,/, '');
    groups.set(rest, [...(groups.get(rest) ?? []), [number(le[1]!), count]]);
  }
  return groups;
};

const checkHistogram = (name: string, samples: ReadFamily['samples']): void => {
  for (const [rest, buckets] of bucketsOf(samples)) {
    const sorted = buckets.every(
      ([le, count], i) => i === 0 || (le > buckets[i - 1]![0] && count >= buckets[i - 1]![1]),
    );
    const last = buckets.at(-1)!;
    if (!sorted || last[0] !== Number.POSITIVE_INFINITY) throw new Error(`buckets of ${name}{${rest}}`);
    if (samples.get(`_count{${rest}}`) !== last[1] || !samples.has(`_sum{${rest}}`))
      throw new Error(`count or sum of ${name}{${rest}}`);
  }
};
