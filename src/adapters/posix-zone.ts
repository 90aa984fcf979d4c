/** A rule of POSIX for local time: how far it is ahead of UTC, in s, and when summer time begins and ends. */
interface Rule {
  readonly standard: number;
  readonly summer?: { readonly offset: number; readonly begins: Change; readonly ends: Change };
}

/** A moment of each year: the seconds of local time since the year began. */
type Change = (year: number) => number;

const DAY = 86_400;
const NAME = '(?:<[A-Za-z0-9+-]{3,}>|[A-Za-z]{3,})';
const TIME = '[+-]?\\d{1,3}(?::\\d{1,2}){0,2}';
const DATE = '(?:M\\d{1,2}\\.\\d\\.\\d|J\\d{1,3}|\\d{1,3})';
const RULE = new RegExp(
  `^${NAME}(${TIME})(?:${NAME}(${TIME})?(?:,(${DATE})(?:/(${TIME}))?,(${DATE})(?:/(${TIME}))?)?)?$`,
);
/** What a summer time without dates means: that of the United States. */
const BEGINS = 'M3.2.0';
const ENDS = 'M11.1.0';

const secondsOf = (time: string): number => {
  const [h = 0, m = 0, s = 0] = time.replace(/^[+-]/, '').split(':').map(Number);
  return (time.startsWith('-') ? -1 : 1) * (h * 3600 + m * 60 + s);
};

const isLeap = (year: number): boolean => new Date(Date.UTC(year, 1, 29)).getUTCDate() === 29;

const dayOf = (date: string, year: number): number => {
  const [month, week, weekday] = date.slice(1).split('.').map(Number) as [number, number, number];
  // From 1, without 29 February; or from 0, with it.
  if (date.startsWith('J')) return month - 1 + (isLeap(year) && month > 59 ? 1 : 0);
  if (!date.startsWith('M')) return Number(date);
  const first = new Date(Date.UTC(year, month - 1, 1));
  const day = 1 + ((weekday - first.getUTCDay() + 7) % 7) + (week - 1) * 7;
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return (Date.UTC(year, month - 1, day > days ? day - 7 : day) - Date.UTC(year, 0, 1)) / 1000 / DAY;
};

const change =
  (date: string, time = '2'): Change =>
  (year) =>
    dayOf(date, year) * DAY + secondsOf(time);

/** Reads a rule such as `EST5EDT`, `<+03>-3` or `CET-1CEST,M3.5.0,M10.5.0/3`; undefined when it is none. */
export const posixRule = (text: string): Rule | undefined => {
  const found = RULE.exec(text);
  if (!found) return undefined;
  const [, offset = '0', summerOffset, begins = BEGINS, beginsAt, ends = ENDS, endsAt] = found;
  const standard = -secondsOf(offset);
  if (!new RegExp(`^${NAME}${TIME}${NAME}`).test(text)) return { standard };
  return {
    standard,
    summer: {
      offset: summerOffset === undefined ? standard + 3600 : -secondsOf(summerOffset),
      begins: change(begins, beginsAt),
      ends: change(ends, endsAt),
    },
  };
};

/** The offsets of a rule in some years, at the moments that show it: [instant in ms, s ahead of UTC]. */
const probes = ({ standard, summer }: Rule, year: number, years: number): [number, number][] => {
  const found: [number, number][] = [];
  for (let y = year; y < year + years; y++) {
    const from = Date.UTC(y, 0, 1);
    if (!summer) {
      for (let month = 0; month < 12; month++) found.push([Date.UTC(y, month, 15), standard]);
      continue;
    }
    const begins = from + (summer.begins(y) - standard) * 1000;
    const ends = from + (summer.ends(y) - summer.offset) * 1000;
    found.push([begins - 1000, standard], [begins, summer.offset], [ends - 1000, summer.offset], [ends, standard]);
  }
  return found;
};

/** Years for which a zone has to agree with a rule. */
const YEARS = 6;

/**
 * A zone that shows the same times as a rule, this year and in those to come; undefined: there is none.
 * @param offsetOf s ahead of UTC of a zone at an instant.
 */
export const zoneLike = (
  rule: Rule,
  year: number,
  zones: readonly string[],
  offsetOf: (zone: string) => (at: number) => number,
): string | undefined => {
  const wanted = probes(rule, year, YEARS);
  const { standard, summer } = rule;
  const hours = standard / 3600;
  const fixed = hours === 0 ? 'UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
  const candidates = !summer && Number.isInteger(hours) ? [fixed, ...zones] : zones;
  return candidates.find((zone) => {
    try {
      const offset = offsetOf(zone);
      return wanted.every(([at, seconds]) => offset(at) === seconds);
    } catch {
      return false;
    }
  });
};
