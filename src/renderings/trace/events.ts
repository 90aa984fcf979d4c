import type { SpanName } from '../../journal/span-names.ts';
import { printedJson } from '../../log/one-line.ts';
import { gradeOf } from '../outcomes.ts';
import type { Instant, Span } from '../span-data.ts';
import type { Slice, TraceRow } from './tracks.ts';

/** There is one process in a trace: the scheduler. */
export const PID = 1;

/** Nanoseconds as microseconds. */
const us = (ns: number): string => (ns / 1000).toFixed(3);

const text = (value: unknown): string => printedJson(JSON.stringify(value));

/** The last part of a path. */
const last = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1) || path;

/** What stands on a slice: on the track of an item the category is news, the name of the item is not. */
const labelOf = ({ category, name, item, began }: Span): string => {
  if (item === null || !item.endsWith(`/${name}`)) return name;
  const known = category as SpanName;
  if (known === 'task') return name;
  return known === 'command' && typeof began.command === 'string' ? last(began.command) : category;
};

/** A slice that has ended, as a complete event. */
export const completeEvent = ({ span, from, to = from, row }: Slice): string => {
  const { category, id, cause, run, outcome, finish, began, ended } = span;
  const args = { id, cause, run, ...began, ...ended, ...(finish === undefined ? { open: true } : {}) };
  const colour = gradeOf(outcome) === 'bad' ? ',"cname":"terrible"' : '';
  return (
    `{"ph":"X","pid":${PID},"tid":${row.tid},"ts":${us(from)},"dur":${us(to - from)},"cat":${text(category)},` +
    `"name":${text(labelOf(span))}${colour},"args":${text(args)}}`
  );
};

/** A decision on a track. */
export const instantEvent = (
  { category, name, item, at, cause, run, timeline }: Instant,
  { tid }: TraceRow,
): string => {
  const label = item === null || item.endsWith(`/${name}`) ? category : name;
  const args = text({ cause, run, ...timeline });
  return `{"ph":"i","s":"t","pid":${PID},"tid":${tid},"ts":${us(at)},"cat":${text(category)},"name":${text(label)},"args":${args}}`;
};

/** One end of an arrow: `s` where it begins, `f` where it leads to. `at`: ns. */
export const arrowEvent = (end: 's' | 'f', id: number, { tid }: TraceRow, at: number): string =>
  `{"ph":"${end}"${end === 'f' ? ',"bp":"e"' : ''},"id":${id},"pid":${PID},"tid":${tid},"ts":${us(at)},"cat":"cause","name":"cause"}`;

/** How much there is of something from now on. */
export const counterEvent = (name: string, at: number, value: number): string =>
  `{"ph":"C","pid":${PID},"ts":${us(at)},"name":${text(name)},"args":{"count":${value}}}`;

/** What a row is called, and where it stands. */
export const rowEvents = ({ tid, name }: TraceRow, place: number): string[] => [
  `{"ph":"M","pid":${PID},"tid":${tid},"name":"thread_name","args":{"name":${text(name)}}}`,
  `{"ph":"M","pid":${PID},"tid":${tid},"name":"thread_sort_index","args":{"sort_index":${place}}}`,
];

/** Says that the process was simulated. */
export const SIMULATED_EVENT = `{"ph":"M","pid":${PID},"tid":0,"name":"process_labels","args":{"labels":"simulated"}}`;

/** What the process is called. */
export const processEvents = (title: string): string[] => [
  `{"ph":"M","pid":${PID},"tid":0,"name":"process_name","args":{"name":${text(title)}}}`,
];
