import * as v from 'valibot';
import { closedTable, special, whole } from '../config/field.ts';
import { NEGATIVE, POSITIVE } from '../core/outcome.ts';
import type { Instants, TimeFields } from './common/instants.ts';
import { conditionKind } from './kind.ts';

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const DAY = 'a day of the week such as "mon" or "Monday"';
const weekday = v.pipe(
  v.string(DAY),
  v.toLowerCase(),
  v.check((day) => DAYS.some((name) => day === name || day === name.slice(0, 3)), DAY),
);

const KEYS = 'year, month, day, hour, minute, second, weekday';

/** The keys of a time specification, with what each may be (`config.md` §5.3). */
export const specificationKeys = {
  year: v.optional(whole(0)),
  month: v.optional(whole(1, 12)),
  day: v.optional(whole(1, 31)),
  hour: v.optional(whole(0, 23)),
  minute: v.optional(whole(0, 59)),
  second: v.optional(whole(0, 59)),
  weekday: v.optional(weekday),
} as const;

const specification = closedTable(specificationKeys);

/** An instant that was missed by more than this, and by more than two ticks, is not made up for. */
const GRACE_MS = 60_000;

const local = (ms: number): string => {
  const d = new Date(ms);
  return `${d.toDateString()} ${d.toTimeString().slice(0, 8)}`;
};

/** True when an instant of one of its specifications has come since the last check (`scheduling.md` §5.2). */
export const time = conditionKind({
  type: 'time',
  emitter: 'TIME_CONDITION',
  doc: 'True when one of its instants has come since the last check. All specifications are tried.',
  fields: {
    time_specifications: special<readonly TimeFields[], { required: true; doc: string }>(
      'an array of tables',
      v.array(specification, 'an array of tables') as v.GenericSchema<unknown, readonly TimeFields[]>,
      {
        required: true,
        doc: `An array of tables with the keys ${KEYS}. A missing minute or second is 0, any other missing part is "every"; {} is the start of every hour.`,
      },
    ),
  },
  delayable: false,
  compile: async (values): Promise<readonly Instants[]> => {
    const { instantsOf } = await import('./common/instants.ts');
    return (values.time_specifications ?? []).map(instantsOf);
  },
  create: ({ compiled, log, ports }) => {
    // Never goes back, so that a clock set back repeats nothing.
    let since = ports.clock.wall();
    let planned: readonly (number | undefined)[] = [];
    const plan = () => {
      planned = compiled.map((spec) => spec.next(since));
    };
    plan();
    return {
      due: () => {
        const first = Math.min(...planned.map((at) => at ?? Number.POSITIVE_INFINITY));
        return Number.isFinite(first) ? { wall: first } : 'on-event';
      },
      test: ({ wall, notBefore, tickMs }) => {
        log.debug('START/MSG', () => `time: local time is ${local(wall)}`);
        if (wall < since) return NEGATIVE;
        if (notBefore > since) {
          since = notBefore;
          plan();
        }
        const oldest = wall - Math.max(2 * tickMs, GRACE_MS);
        let hit = false;
        for (const [i, spec] of compiled.entries()) {
          const at = planned[i];
          log.debug(
            'PROC/MSG',
            () => `time: next instant of ${spec.text} is ${at === undefined ? 'never' : local(at)}`,
          );
          if (at === undefined || at > wall) continue;
          const recent = at >= oldest ? at : spec.next(oldest);
          if (at < oldest) log.warn('PROC/MSG', `time: missed ${spec.text} at ${local(at)}`);
          if (recent !== undefined && recent <= wall) hit = true;
        }
        since = wall;
        if (planned.some((at) => at !== undefined && at <= wall)) plan();
        return hit ? POSITIVE : NEGATIVE;
      },
      reset: () => {
        since = ports.clock.wall();
        plan();
      },
    };
  },
});
