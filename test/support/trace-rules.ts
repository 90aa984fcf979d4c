/** An event of a trace, as the format has it; times in µs. */
export interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly cat?: string;
  readonly pid: number;
  readonly tid?: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly id?: number;
  readonly bp?: string;
  readonly s?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** A trace in the object form of the format. */
export interface Trace {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit?: string;
  readonly otherData?: Readonly<Record<string, unknown>>;
}

/** Whole ns, so that sums of µs can be compared. */
const ns = (us: number): number => Math.round(us * 1000);

/** What each phase has to have. */
const FIELDS: Readonly<Record<string, readonly (keyof TraceEvent)[]>> = {
  X: ['name', 'cat', 'pid', 'tid', 'ts', 'dur'],
  i: ['name', 'cat', 'pid', 'tid', 'ts', 's'],
  M: ['name', 'pid', 'tid', 'args'],
  C: ['name', 'pid', 'ts', 'args'],
  s: ['name', 'cat', 'pid', 'tid', 'ts', 'id'],
  f: ['name', 'cat', 'pid', 'tid', 'ts', 'id', 'bp'],
};
const METADATA = ['process_name', 'process_sort_index', 'thread_name', 'thread_sort_index'];

const wrongTimes = ({ ph, ts, dur, name }: TraceEvent): string[] => [
  ...(ts === undefined || (Number.isFinite(ts) && ts >= 0) ? [] : [`${ph} "${name}": ts ${ts}`]),
  // Readers that split it in two could not tell its beginning from its end.
  ...(dur === undefined || (Number.isFinite(dur) && dur > 0) ? [] : [`${ph} "${name}": dur ${dur}`]),
];

const wellFormed = (event: TraceEvent): string[] => {
  const { ph, s, bp, name, args } = event;
  const fields = FIELDS[ph];
  if (!fields) return [`phase ${ph} is not known`];
  const wrong = fields.filter((field) => event[field] === undefined).map((field) => `${ph} "${name}" has no ${field}`);
  wrong.push(...wrongTimes(event));
  if (ph === 'i' && !['g', 'p', 't'].includes(s ?? '')) wrong.push(`instant "${name}": scope ${s}`);
  if (ph === 'f' && bp !== 'e') wrong.push(`arrow ends at the next slice, not at the one around it`);
  if (ph === 'M' && !METADATA.includes(name)) wrong.push(`metadata "${name}" is not known`);
  if (ph === 'M' && name.endsWith('_name') && typeof args?.name !== 'string') wrong.push(`${name} without a name`);
  if (ph === 'C' && !Object.values(args ?? {}).every((value) => typeof value === 'number'))
    wrong.push(`counter "${name}" is no number`);
  return wrong;
};

/** By track; slices in the order in which a viewer takes them: by their start, then as they stand in the file. */
const slicesOf = (events: readonly TraceEvent[]): Map<number, { from: number; to: number; name: string }[]> => {
  const tracks = new Map<number, { from: number; to: number; name: string }[]>();
  for (const { ph, tid = 0, ts = 0, dur = 0, name } of events) {
    if (ph !== 'X') continue;
    const slice = { from: ns(ts), to: ns(ts) + ns(dur), name };
    const track = tracks.get(tid);
    if (track) track.push(slice);
    else tracks.set(tid, [slice]);
  }
  for (const slices of tracks.values()) slices.sort((a, b) => a.from - b.from);
  return tracks;
};

const nested = (events: readonly TraceEvent[]): string[] => {
  const wrong: string[] = [];
  for (const [tid, slices] of slicesOf(events)) {
    const open: { from: number; to: number; name: string }[] = [];
    for (const slice of slices) {
      while (open.length > 0 && open.at(-1)!.to <= slice.from) open.pop();
      const outer = open.at(-1);
      if (outer && slice.to > outer.to)
        wrong.push(`track ${tid}: "${slice.name}" at ${slice.from} sticks out of "${outer.name}"`);
      open.push(slice);
    }
  }
  return wrong;
};

const named = (events: readonly TraceEvent[]): string[] => {
  const names = new Map<number, string[]>();
  for (const { ph, name, tid = 0, args } of events)
    if (ph === 'M' && name === 'thread_name') names.set(tid, [...(names.get(tid) ?? []), String(args?.name)]);
  const used = new Set(events.filter(({ ph }) => ph === 'X' || ph === 'i').map(({ tid = 0 }) => tid));
  const wrong = [...used]
    .filter((tid) => names.get(tid)?.length !== 1)
    .map((tid) => `track ${tid} has ${names.get(tid)?.length ?? 0} names`);
  const all = [...names.values()].flat();
  if (new Set(all).size !== all.length) wrong.push(`two tracks have one name: ${all.join(', ')}`);
  if (events.filter(({ ph, name }) => ph === 'M' && name === 'process_name').length !== 1)
    wrong.push('the process has no name');
  return wrong;
};

const covers = ({ from, to }: { readonly from: number; readonly to: number }, at: number): boolean =>
  from <= at && (at < to || (from === to && at === from));

/** The ends of arrows, by their ids. */
const arrowsOf = (events: readonly TraceEvent[]): ReadonlyMap<number, readonly TraceEvent[]> => {
  const ends = new Map<number, TraceEvent[]>();
  for (const event of events)
    if (event.ph === 's' || event.ph === 'f') ends.set(event.id!, [...(ends.get(event.id!) ?? []), event]);
  return ends;
};

const tied = (events: readonly TraceEvent[]): string[] => {
  const wrong: string[] = [];
  const tracks = slicesOf(events);
  for (const [id, both] of arrowsOf(events)) {
    const [from, to] = [both.find(({ ph }) => ph === 's'), both.find(({ ph }) => ph === 'f')];
    if (both.length !== 2 || !from || !to) {
      wrong.push(`arrow ${id} has ${both.map(({ ph }) => ph).join('')}`);
      continue;
    }
    if (ns(from.ts!) > ns(to.ts!)) wrong.push(`arrow ${id} goes back in time`);
    for (const { ph, tid = 0, ts = 0 } of both)
      if (!tracks.get(tid)?.some((slice) => covers(slice, ns(ts))))
        wrong.push(`arrow ${id}: nothing is at its ${ph} on track ${tid} at ${ts}`);
  }
  return wrong;
};

/**
 * What is wrong with a trace by the rules of its format: fields of each phase, times that are numbers, a name for each track and for
 * the process, slices of a track that nest, and arrows that have two ends, each on a slice, and go forward in time.
 */
export const traceProblems = (text: string): string[] => {
  const { traceEvents, displayTimeUnit = 'ms' } = JSON.parse(text) as Trace;
  if (!Array.isArray(traceEvents)) return ['there is no list of events'];
  const unit = ['ms', 'ns'].includes(displayTimeUnit) ? [] : [`unit ${displayTimeUnit}`];
  return [
    ...unit,
    ...traceEvents.flatMap(wellFormed),
    ...nested(traceEvents),
    ...named(traceEvents),
    ...tied(traceEvents),
  ];
};

/** The events of a trace. */
export const traceEvents = (text: string): readonly TraceEvent[] => (JSON.parse(text) as Trace).traceEvents;
