import { severity } from '../../log/record.ts';
import type { SpanData } from '../span-data.ts';
import type { PackedStep } from './page/clock.ts';
import type { Packed, Text } from './page/page-model.ts';

/** The wall clock is said to have stepped when it differs by so much, ms, from where the monotonic clock has it. */
const STEP_MS = 1000;

/** Keeps each text once. */
const interner = () => {
  const places = new Map<string, number>();
  const texts: string[] = [];
  const intern = (text: string | null | undefined): Text => {
    if (text === null || text === undefined) return -1;
    let place = places.get(text);
    if (place === undefined) {
      place = texts.push(text) - 1;
      places.set(text, place);
    }
    return place;
  };
  return { texts, intern };
};

/** What was told, as JSON. From a program of one's own it may be anything, also what JSON cannot hold. */
const jsonOf = (value: unknown): string => {
  try {
    const json: unknown = JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one));
    return String(json ?? value);
  } catch {
    return JSON.stringify({ told: 'something that cannot be shown' });
  }
};

const told = (timeline: Readonly<Record<string, unknown>>): string | null => {
  const json = jsonOf(timeline);
  return json === '{}' ? null : json;
};

/** Where the wall clock left the monotonic one, seen from what carries both. */
const stepsOf = (points: readonly (readonly [at: number, wall: number])[]): PackedStep[] => {
  const steps: PackedStep[] = [[0, 0]];
  for (const [at, wall] of points.toSorted(([a], [b]) => a - b)) {
    const offset = Math.round(wall - at / 1e6);
    if (Math.abs(offset - steps.at(-1)![1]) >= STEP_MS) steps.push([Math.max(0, at), offset]);
  }
  return steps;
};

/** The items of the configuration, conditions first, as the configuration has them. */
const itemsOf = ({ items }: SpanData): string[] =>
  items === undefined
    ? []
    : [
        ...items.events.map(({ name }) => `event/${name}`),
        ...items.conditions.map(({ name }) => `condition/${name}`),
        ...items.tasks.map(({ name }) => `task/${name}`),
      ];

/** A chronicle as the page carries it; times are shown in `zone`. */
export const pack = (chronicle: SpanData, zone: string): Packed => {
  const { texts, intern } = interner();
  const at = (ns: number): number => Math.round(ns - chronicle.from);
  // Fetched logs may not know the time of day: then it is as the monotonic clock has it.
  const wall = (ms: number, ns: number): number =>
    Math.round(Number.isFinite(ms) ? ms - chronicle.time : (ns - chronicle.from) / 1e6);
  const order = itemsOf(chronicle).map(intern);
  const spans = chronicle.spans.map(
    (one) =>
      [
        intern(one.category),
        intern(typeof one.id === 'string' ? one.id : jsonOf(one.id)),
        intern(one.item),
        intern(one.name),
        at(one.start),
        one.finish === undefined ? -1 : at(one.finish),
        wall(one.time, one.start),
        intern(one.cause),
        intern(one.run),
        intern(one.outcome),
        intern(told(one.began)),
        intern(told(one.ended)),
      ] as const,
  );
  const instants = chronicle.instants.map(
    (one) =>
      [
        intern(one.category),
        intern(one.item),
        intern(one.name),
        at(one.at),
        wall(one.time, one.at),
        intern(one.cause),
        intern(one.run),
        intern(told(one.timeline)),
      ] as const,
  );
  const records = chronicle.records.map((one) => {
    const { emitter, action } = one.context;
    return [
      at(one.mono * 1e6),
      wall(one.time, one.mono * 1e6),
      severity(one.level),
      intern(one.item ?? one.context.item),
      intern(action === 'active' ? emitter : `${emitter} ${action}`),
      intern(one.mark),
      intern(one.message),
      intern(one.cause),
      intern(one.run),
    ] as const;
  });
  const steps = stepsOf([
    ...spans.map((span) => [span[4], span[6]] as const),
    ...instants.map((instant) => [instant[3], instant[4]] as const),
    ...records.map((record) => [record[0], record[1]] as const),
  ]);
  return { texts, spans, instants, records, steps, time: chronicle.time, length: at(chronicle.to), zone, order };
};
