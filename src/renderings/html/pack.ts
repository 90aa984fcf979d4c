import { SEVERITY } from '../../log/record.ts';
import type { Attributes, SpanData } from '../span-data.ts';
import type { PackedStep } from './page/clock.ts';
import { COLUMNS, type Packed, type StoredInstant, type StoredRecord, type StoredSpan } from './page/page-model.ts';

/** The wall clock counts as stepped if it differs from the monotonic clock by this much, ms. */
const STEP_MS = 1000;

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
  const at = (ns: number): number => Math.round(ns - data.from);
  // Fetched logs may have no time of day: then it follows the monotonic clock.
  const wall = (ms: number, ns: number): number =>
    Math.round(Number.isFinite(ms) ? ms - data.time : (ns - data.from) / 1e6);
  const spans = data.spans.map(({ category, item, name, cause, run, ...span }): StoredSpan => {
    const { id, start, finish, time, outcome = null, began, ended } = span;
    return {
      ...{ category, item, name, cause, run, outcome, id: typeof id === 'string' ? id : jsonOf(id) },
      ...{ start: at(start), finish: finish === undefined ? -1 : at(finish), wall: wall(time, start) },
      ...{ began: attributesJson(began), ended: attributesJson(ended) },
    };
  });
  const instants = data.instants.map(({ category, item, name, cause, run, ...instant }): StoredInstant => {
    const { at: start, time, timeline } = instant;
    const times = { start: at(start), wall: wall(time, start) };
    return { category, item, name, cause, run, ...times, timeline: attributesJson(timeline) };
  });
  const records = data.records.map(({ mark, message, cause, run, mono, ...record }): StoredRecord => {
    const { emitter, action, item } = record.context;
    return {
      ...{ mark, message, cause, run, at: at(mono * 1e6), wall: wall(record.time, mono * 1e6) },
      ...{ level: SEVERITY[record.level], item: record.item ?? item },
      who: action === 'active' ? emitter : `${emitter} ${action}`,
    };
  });
  const texts = new Map<string, number>();
  const stored = (value: string | number | null): number => {
    if (typeof value !== 'string') return value ?? -1;
    const index = texts.get(value) ?? texts.size;
    texts.set(value, index);
    return index;
  };
  const rows = <K extends string>(
    objects: readonly Readonly<Record<K, string | number | null>>[],
    columns: readonly K[],
  ) => objects.map((object) => columns.map((name) => stored(object[name])));
  return {
    spans: rows(spans, COLUMNS.spans),
    instants: rows(instants, COLUMNS.instants),
    records: rows(records, COLUMNS.records),
    texts: [...texts.keys()],
    steps: stepsOf([
      ...[...spans, ...instants].map((one) => [one.start, one.wall] as const),
      ...records.map((one) => [one.at, one.wall] as const),
    ]),
    ...{ time: data.time, length: at(data.to), zone, order: itemsOf(data) },
  };
};
