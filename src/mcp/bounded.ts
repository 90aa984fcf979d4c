import { stringify } from '../check-arguments.ts';

/** What was left out of a value: where, and how many entries or characters. */
export interface LeftOut {
  readonly at: string;
  readonly count: number;
  readonly of: 'entries' | 'characters';
}

/** A value that is small enough, and what it lacks. */
export interface Bounded {
  readonly value: unknown;
  readonly leftOut: readonly LeftOut[];
}

/** A list or a text within a value. */
interface Place {
  readonly at: string;
  readonly size: number;
  /** Puts a shorter one in its place. Returns how much is left out. */
  shorten(): number;
}

const sizeOf = (value: unknown): number => stringify(value)?.length ?? 0;

type Table = Record<string, unknown>;

/** Texts and lists that are shorter than this are left alone. */
const LEAST = 400;

/** The places of a value that can be made shorter. @param put replaces the value */
const placesOf = (value: unknown, at: string, newest: boolean, put: (value: unknown) => void): Place[] => {
  if (typeof value === 'string') {
    if (value.length < LEAST) return [];
    const half = Math.ceil(value.length / 2);
    return [
      {
        at,
        size: value.length,
        shorten: () => {
          put(value.slice(-half));
          return value.length - half;
        },
      },
    ];
  }
  if (Array.isArray(value)) {
    const size = sizeOf(value);
    const inner = value.flatMap((one, i) => placesOf(one, `${at}[${i}]`, newest, (other) => (value[i] = other)));
    if (size < LEAST || value.length < 2) return inner;
    const kept = Math.max(1, Math.floor(value.length / 2));
    return [
      ...inner,
      {
        at,
        size,
        shorten: () => {
          put(newest ? value.slice(-kept) : value.slice(0, kept));
          return value.length - kept;
        },
      },
    ];
  }
  if (typeof value !== 'object' || value === null) return [];
  const table = value as Table;
  return Object.entries(table).flatMap(([key, one]) =>
    placesOf(one, at === '' ? key : `${at}.${key}`, newest, (other) => {
      table[key] = other;
    }),
  );
};

/**
 * Makes a value of JSON shorter until it has at most so many characters: of its longest list or text a half is left out, again and again. Of
 * texts the end is kept. @param newest of lists the end is kept, too
 */
export const bounded = (given: unknown, most: number, newest = false): Bounded => {
  const root = { value: structuredClone(given) };
  const leftOut = new Map<string, LeftOut>();
  while (sizeOf(root.value) > most) {
    const places = placesOf(root.value, '', newest, (other) => {
      root.value = other;
    });
    const [longest] = places.sort((a, b) => b.size - a.size || a.at.length - b.at.length);
    if (longest === undefined) break;
    const before = leftOut.get(longest.at)?.count ?? 0;
    const isText = longest.size > 0 && !Array.isArray(valueAt(root.value, longest.at));
    leftOut.set(longest.at, {
      ...{ at: longest.at, count: before + longest.shorten() },
      of: isText ? 'characters' : 'entries',
    });
  }
  return { value: root.value, leftOut: [...leftOut.values()] };
};

/** What is at a place such as `conditions[2].why`. */
const valueAt = (value: unknown, at: string): unknown =>
  [...at.matchAll(/[^.[\]]+/g)].reduce<unknown>(
    (found, [key]) => (found as Readonly<Record<string, unknown>> | undefined)?.[key],
    value,
  );
