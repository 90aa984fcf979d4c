import type { ConditionSpec, Config } from '../core/spec.ts';

/** One coming firing of a condition. */
export interface Coming {
  /** The tick it falls on, wall-clock ms. */
  readonly at: number;
  readonly condition: string;
  readonly by: string;
  readonly tasks: readonly string[];
}

/** A condition, or one of its specifications, that will never fire, and why. */
export interface Silent {
  readonly condition: string;
  readonly reason: string;
}

/** What is asked: instants in wall-clock ms, both ends included; at most `count` firings. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** The firings of one condition by tick; a condition that does not recur fires once. */
function* ofCondition(
  { traits, name, forecast }: ConditionSpec,
  { from, to }: Range,
  tickMs: number,
): Generator<Coming, void> {
  let last = Number.NEGATIVE_INFINITY;
  for (const { at, by, jitterMs = 0 } of forecast(from) ?? []) {
    const tick = Math.ceil(at / tickMs) * tickMs;
    if (tick > to) return;
    if (tick === last) continue;
    last = tick;
    // By whole ticks: less than one holds nothing back.
    const later = Math.floor((at + jitterMs - tick) / tickMs) * (tickMs / 1000);
    const rule = later > 0 ? `${by}, up to ${later} s later` : by;
    yield { at: tick, condition: name, by: rule, tasks: traits.tasks };
    if (!traits.recurring) return;
  }
}

/** Why a condition will not fire at all. */
const obstacle = ({ traits }: ConditionSpec): string | undefined => {
  if (traits.tasks.length === 0) return 'no tasks are listed';
  return traits.suspended ? 'suspended in the file' : undefined;
};

/** The coming firings of all interval and time conditions, in order, and what will never fire. As if started at `from`. */
export const comingFirings = (config: Config, range: Range): { coming: Coming[]; silent: Silent[] } => {
  const tickMs = config.settings.tickSeconds * 1000;
  const silent: Silent[] = [];
  const heads: { readonly rest: Generator<Coming, void>; next: Coming }[] = [];
  for (const spec of config.conditions) {
    if (spec.forecast(range.from) === undefined) continue;
    const reason = obstacle(spec);
    for (const why of reason === undefined ? spec.never(range.from) : [reason])
      silent.push({ condition: spec.name, reason: why });
    if (reason !== undefined) continue;
    const rest = ofCondition(spec, range, tickMs);
    const next = rest.next().value;
    if (next) heads.push({ rest, next });
  }
  const coming: Coming[] = [];
  while (coming.length < range.count && heads.length > 0) {
    let first = 0;
    for (let i = 1; i < heads.length; i++) if (heads[i]!.next.at < heads[first]!.next.at) first = i;
    const head = heads[first]!;
    coming.push(head.next);
    const next = head.rest.next().value;
    if (next) head.next = next;
    else heads.splice(first, 1);
  }
  return { coming, silent };
};
