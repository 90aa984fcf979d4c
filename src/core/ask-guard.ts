import type { TraceContext } from '../log/record.ts';
import type { ConditionRef, EngineEvents } from './engine-events.ts';
import type { AskContext, ConditionInstance, GuardAnswer } from './instance.ts';
import { internalErrorReason } from './internal-error.ts';

/** Asks a condition as a guard, and reports its answer. What its kind throws means that it does not hold. @param newRun the context of a new run. */
export const askGuard = (
  guard: ConditionRef,
  instance: ConditionInstance,
  context: AskContext,
  events: EngineEvents,
  newRun: (cause: string) => TraceContext,
): GuardAnswer | Promise<GuardAnswer> => {
  let { origin } = context;
  const begin = (): TraceContext => {
    origin = newRun(origin.cause);
    return origin;
  };
  const answered = (answer: GuardAnswer): GuardAnswer => {
    events.emit('guard.answered', origin, { guard, answer });
    return answer;
  };
  const failed = (error: unknown): GuardAnswer => {
    events.emit('condition.failed', origin, { condition: guard, error });
    return answered({ holds: false, reason: internalErrorReason(error) });
  };
  try {
    const answer = instance.ask!(context, begin);
    return answer instanceof Promise ? answer.then(answered, failed) : answered(answer);
  } catch (error) {
    return failed(error);
  }
};
