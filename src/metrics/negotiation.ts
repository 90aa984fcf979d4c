import { exposition, type Family, openMetrics } from './exposition.ts';

/** A format in which families are answered. */
interface Format {
  readonly contentType: string;
  readonly text: (families: readonly Family[]) => string;
}

const TEXT: Format = { contentType: 'text/plain; version=0.0.4; charset=utf-8', text: exposition };
const OPEN_METRICS: Format = {
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  text: openMetrics,
};

/** One of the types that a client takes, with how much it likes it: 0 is not at all. */
interface Accepted {
  readonly type: string;
  readonly version: string | undefined;
  readonly quality: number;
}

const parse = (range: string): Accepted => {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const parameter = (name: string): string | undefined =>
    parameters
      .find((one) => one.startsWith(`${name}=`))
      ?.slice(name.length + 1)
      .replaceAll('"', '');
  const quality = Number(parameter('q') ?? 1);
  return { type, version: parameter('version'), quality: Number.isNaN(quality) ? 0 : quality };
};

/** The types that stand for a text, the most specific first. */
const TEXT_TYPES = ['text/plain', 'text/*', '*/*'];

/**
 * The format for a client, by its header `Accept`: OpenMetrics where it is named and nothing else is liked better. A client that says
 * nothing gets the text format.
 */
export const formatFor = (accept: string | undefined): Format => {
  const accepted = (accept ?? '').split(',').map(parse);
  const open = accepted.filter(
    ({ type, version = '1.0.0' }) => type === 'application/openmetrics-text' && version === '1.0.0',
  );
  const best = Math.max(0, ...open.map(({ quality }) => quality));
  const text = TEXT_TYPES.map((name) => accepted.find(({ type }) => type === name)).find((one) => one !== undefined);
  return best > 0 && best >= (text?.quality ?? 0) ? OPEN_METRICS : TEXT;
};
