import { severity } from '../../log/record.ts';
import type { Attributes, SpanData } from '../span-data.ts';
import type { PackedStep } from './page/clock.ts';
import type { Packed, Text } from './page/page-model.ts';

/** The wall clock counts as stepped if it differs from the monotonic clock by this much, ms. */
const STEP_MS = 1000;

/** Stores each text once. */
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

/** Attributes as JSON. Those of other programs may be anything, also values that JSON cannot hold. */
const jsonOf = (value: unknown): string => {
  try {
    const json: unknown = JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one));
    return String(json ?? value);
  } catch {
    return JSON.stringify({ value: 'a value that JSON cannot hold' });
  }
};

const attributesJson = (timeline: Attributes): string | null => {
  const json = jsonOf(timeline);
  return json === '{}' ? null : json;
};

/** Steps of the wall clock, from points that have both clocks. */
const stepsOf = (points: readonly (readonly [at: number, wall: number])[]): PackedStep[] => {
  const steps: PackedStep[] = [[0, 0]];
  for (const [at, wall] of points.toSorted(([a], [b]) => a - b)) {
    const offset = Math.round(wall - at / 1e6);
    if (Math.abs(offset - steps.at(-1)![1]) >= STEP_MS) steps.push([Math.max(0, at), offset]);
  }
  return steps;
};

/** The items of the configuration, in its order. */
const itemsOf = ({ items }: SpanData): string[] =>
  items === undefined
    ? []
    : [
        ...items.events.map(({ name }) => `event/${name}`),
        ...items.conditions.map(({ name }) => `condition/${name}`),
        ...items.tasks.map(({ name }) => `task/${name}`),
      ];

/** Recorded data as the page stores it; times are shown in `zone`. */
export const pack = (data: SpanData, zone: string): Packed => {
  const { texts, intern } = interner();
  const at = (ns: number): number => Math.round(ns - data.from);
  // Fetched logs may have no time of day: then it follows the monotonic clock.
  const wall = (ms: number, ns: number): number =>
    Math.round(Number.isFinite(ms) ? ms - data.time : (ns - data.from) / 1e6);
  const order = itemsOf(data).map(intern);
  const spans = data.spans.map(
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
        intern(attributesJson(one.began)),
        intern(attributesJson(one.ended)),
      ] as const,
  );
  const instants = data.instants.map(
    (one) =>
      [
        intern(one.category),
        intern(one.item),
        intern(one.name),
        at(one.at),
        wall(one.time, one.at),
        intern(one.cause),
        intern(one.run),
        intern(attributesJson(one.timeline)),
      ] as const,
  );
  const records = data.records.map((one) => {
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
  return { texts, spans, instants, records, steps, time: data.time, length: at(data.to), zone, order };
};
