import type { ConvertHost } from './host.ts';
import type { Unit } from './unit-file.ts';

const UNITS: Readonly<Record<string, number>> = {
  us: 1e-6,
  usec: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  msec: 1e-3,
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  '': 1,
  m: 60,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hr: 3600,
  hour: 3600,
  hours: 3600,
  d: 86_400,
  day: 86_400,
  days: 86_400,
  w: 604_800,
  week: 604_800,
  weeks: 604_800,
  M: 2_629_800,
  month: 2_629_800,
  months: 2_629_800,
  y: 31_557_600,
  year: 31_557_600,
  years: 31_557_600,
};

/** A time span such as `1h 30min` in seconds, which can be infinite; undefined: it is none. */
export const timeSpan = (text: string): number | undefined => {
  const trimmed = text.trim();
  if (trimmed === 'infinity') return Number.POSITIVE_INFINITY;
  if (!/^(?:\d+(?:\.\d+)?\s*[A-Za-zµμ]*\s*)+$/.test(trimmed)) return undefined;
  let seconds = 0;
  for (const [, number, unit = ''] of trimmed.matchAll(/(\d+(?:\.\d+)?)\s*([A-Za-zµμ]*)/g)) {
    const length = UNITS[unit];
    if (length === undefined) return undefined;
    seconds += Number(number) * length;
  }
  return Math.round(seconds * 1e6) / 1e6;
};

/** The names of escaped characters of C. */
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  s: ' ',
};

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]))/g;

const unescaped = (text: string): string =>
  text.replace(ESCAPE, (_, x?: string, u?: string, U?: string, octal?: string, c?: string) => {
    if (c !== undefined) return ESCAPES[c] ?? c;
    return String.fromCodePoint(octal === undefined ? Number.parseInt((x ?? u ?? U)!, 16) : Number.parseInt(octal, 8));
  });

/** A word: texts in quotes and texts without, one after the other. */
const WORD = /(?:"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|[^\s"'\\]|\\[\s\S])+/y;
const PIECE = /"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)'|((?:[^\s"'\\]|\\[\s\S])+)/g;

/** The words of a line as systemd splits it, with quotes and escapes removed. Undefined: a quote is not closed. */
export const splitWords = (line: string): string[] | undefined => {
  const words: string[] = [];
  for (let at = line.search(/\S|$/); at < line.length; ) {
    WORD.lastIndex = at;
    const word = WORD.exec(line)?.[0];
    if (word === undefined) return undefined;
    words.push(
      [...word.matchAll(PIECE)].map(([, double, single, plain]) => unescaped((double ?? single ?? plain)!)).join(''),
    );
    at += word.length;
    at += line.slice(at).search(/\S|$/);
  }
  return words;
};

const unescapeInstance = (text: string): string =>
  text
    .replaceAll('-', '/')
    .replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Replaces the specifiers of systemd, such as `%h`, in texts of a unit; unknown ones are noted. */
export class Specifiers {
  readonly unknown = new Set<string>();
  readonly #values: Readonly<Record<string, string>>;

  constructor(unit: Unit, host: ConvertHost, isUser: boolean, user: string) {
    const { instance } = unit;
    const home = user === host.user ? host.home : (host.homeOf(user) ?? '/');
    const base = (own: string, system: string) => (isUser ? `${home}/${own}` : system);
    this.#values = {
      '%': '%',
      h: home,
      u: user,
      H: host.hostname,
      l: host.hostname.replace(/\..*/, ''),
      i: instance,
      I: unescapeInstance(instance),
      n: unit.name,
      N: unit.stem,
      p: unit.prefix,
      P: unescapeInstance(unit.prefix),
      j: unit.prefix.replace(/.*-/, ''),
      t: isUser ? (host.runtimeDirectory ?? '/run') : '/run',
      S: base('.local/state', '/var/lib'),
      C: base('.cache', '/var/cache'),
      L: base('.local/state/log', '/var/log'),
      E: base('.config', '/etc'),
      T: '/tmp',
      V: '/var/tmp',
    };
  }

  replace(text: string): string {
    return text.replace(/%([A-Za-z%])/g, (whole, letter: string) => {
      const value = this.#values[letter];
      if (value === undefined) this.unknown.add(whole);
      return value ?? whole;
    });
  }
}
