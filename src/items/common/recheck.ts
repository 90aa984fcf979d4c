import { flag, integer } from '../../config/field.ts';
import { NEGATIVE, type Verdict } from '../../core/outcome.ts';
import type { ConditionBody, Due, Look, Making } from '../kind.ts';

/** Keys of the conditions whose tests are expensive: command, lua, dbus, wmi. */
export const recheckFields = {
  check_after: integer({
    min: 1,
    doc: 'Seconds between two tests; the first comes as many seconds after the start. Default: every tick.',
  }),
  recur_after_failed_check: flag({
    fallback: false,
    doc: 'After a success, count the next one only when a test has failed in between.',
  }),
} as const;

interface RecheckValues {
  readonly check_after: number | undefined;
  readonly recur_after_failed_check: boolean;
}

/**
 * A test with `check_after` and the persistent-success filter around it (`scheduling.md` §5.5). The reference moves after
 * every attempt, whatever came of it; a reset makes both as at start. `label` is the word records begin with: `command`.
 */
export const rechecked = (
  { values, log, ports }: Pick<Making<RecheckValues>, 'values' | 'log' | 'ports'>,
  label: string,
  test: (look: Look) => Promise<Verdict>,
): ConditionBody => {
  const waitMs = (values.check_after ?? 0) * 1000;
  let reference = ports.clock.mono();
  let lastFailed = true;
  return {
    due: (): Due => (waitMs > 0 ? { mono: reference + waitMs } : 'any-tick'),
    test: (look) => {
      const left = reference + waitMs - look.mono;
      if (left > 0) {
        log.debug('START/MSG', () => `${label}: not tested yet, check_after has ${(left / 1000).toFixed(1)} s left`);
        return NEGATIVE;
      }
      reference = look.mono;
      log.debug('START/MSG', `${label}: test begins`);
      return test(look).then((verdict) => {
        if (verdict.kind !== 'positive') {
          lastFailed = true;
          return verdict;
        }
        const counts = lastFailed || !values.recur_after_failed_check;
        lastFailed = false;
        if (counts) return verdict;
        log.debug('END/MSG', `${label}: positive, but does not count until a test has failed`);
        return NEGATIVE;
      });
    },
    reset: () => {
      reference = ports.clock.mono();
      lastFailed = true;
    },
  };
};
