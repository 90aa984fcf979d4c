import { expectType, TYPES } from '../check-arguments.ts';

/** One value of a bucket, and where it comes from. */
export interface Exemplar {
  /** `trace_id`, or another word for where to look. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** When it was measured, seconds since 1970. */
  readonly time: number;
}

/** One measured value. */
export interface Sample {
  /** What comes behind the name of the family: `_bucket`, `_sum`, `_count`, or nothing. */
  readonly suffix?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
  /** Of a bucket; only OpenMetrics shows it. */
  readonly exemplar?: Exemplar;
}

/** Samples of one kind, with their description. */
export interface Family {
  /** Letters, digits, underscores; counters end in `_total`, infos in `_info`, units are seconds and bytes. */
  readonly name: string;
  /** `info`: always 1, what there is to know is in the labels. */
  readonly type: 'counter' | 'gauge' | 'histogram' | 'info';
  readonly help: string;
  readonly samples: readonly Sample[];
}

const escapeHelp = (text: string): string => text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
const escapeLabel = (text: string): string => escapeHelp(text).replace(/"/g, '\\"');

const shownNumber = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
};

const shownLabels = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([label, text]) => `${label}="${escapeLabel(text)}"`)
    .join(',');

const line = (name: string, { suffix = '', labels = {}, value }: Sample): string => {
  const pairs = shownLabels(labels);
  return `${name}${suffix}${pairs === '' ? '' : `{${pairs}}`} ${shownNumber(value)}`;
};

/** The text exposition format 0.0.4 of Prometheus. Families without samples are shown too: they are known, and empty. */
export const exposition = (families: readonly Family[]): string => {
  expectType('exposition', 'families', families, TYPES.list);
  return families
    .map(({ name, type, help, samples }) => {
      const lines = samples.map((sample) => `${line(name, sample)}\n`);
      // This format has no infos.
      return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type === 'info' ? 'gauge' : type}\n${lines.join('')}`;
    })
    .join('');
};

/** What the samples of a type end in, which is not part of the name of their family. */
const ENDINGS: Partial<Readonly<Record<Family['type'], string>>> = { counter: '_total', info: '_info' };

/** The limits of buckets are texts, and those of whole numbers have a fraction: `1.0`. */
const withLimit = (labels: Sample['labels']): Sample['labels'] =>
  labels?.le === undefined ? labels : { ...labels, le: labels.le.replace(/^\d+$/, '$&.0') };

/** The most characters that names and values of the labels of an exemplar have: a reader refuses all of an answer with more. */
const LONGEST_EXEMPLAR = 128;

const isShort = ({ labels }: Exemplar): boolean =>
  [...Object.entries(labels).flat().join('')].length <= LONGEST_EXEMPLAR;

const openMetricsLine = (name: string, ending: string, sample: Sample): string => {
  const { suffix = ending, labels, exemplar } = sample;
  const shown = line(name, { ...sample, suffix, ...(labels && { labels: withLimit(labels)! }) });
  if (exemplar === undefined || !isShort(exemplar)) return `${shown}\n`;
  return `${shown} # {${shownLabels(exemplar.labels)}} ${shownNumber(exemplar.value)} ${exemplar.time}\n`;
};

/** The format OpenMetrics 1.0: units, infos and exemplars, and an end by which a reader knows that it has all. */
export const openMetrics = (families: readonly Family[]): string => {
  expectType('openMetrics', 'families', families, TYPES.list);
  const parts = families.map(({ name: full, type, help, samples }) => {
    const ending = ENDINGS[type] ?? '';
    const name = full.endsWith(ending) ? full.slice(0, full.length - ending.length) : full;
    const unit = type === 'info' ? undefined : /_(seconds|bytes)$/.exec(name)?.[1];
    const lines = samples.map((sample) => openMetricsLine(name, ending, sample));
    return `# TYPE ${name} ${type}\n${unit === undefined ? '' : `# UNIT ${name} ${unit}\n`}# HELP ${name} ${escapeLabel(help)}\n${lines.join('')}`;
  });
  return `${parts.join('')}# EOF\n`;
};
