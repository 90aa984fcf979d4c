import { type CheckResult, failed, passed } from '../core/outcome.ts';
import type { BusName, BusReply, BusValue } from '../core/ports.ts';
import { type Reason, reasonText } from '../core/reasons.ts';
import type { Logger } from '../log/record.ts';
import { checkIntervalFields, untilAborted, withCheckInterval } from './common/check-interval.ts';
import {
  busOf,
  busUnavailable,
  type CompiledParameterCheck,
  callFields,
  compileParameterChecks,
  evaluateParameterChecks,
  matchArgumentsOnThreads,
} from './common/dbus.ts';
import { ArgumentError, argumentList, compileArguments } from './common/dbus-arguments.ts';
import { RecurringProblem } from './common/recurring-problem.ts';
import { conditionKind, type ReportProblem } from './kind.ts';

/** The time limit of a call, in ms. */
const CALL_MS = 25_000;

interface Compiled {
  readonly args: readonly BusValue[];
  /** `parameter_call = []`, with which no call is made. */
  readonly empty: boolean;
  readonly checks: readonly CompiledParameterCheck[];
}

const argumentsOf = (
  {
    parameter_call: given,
    parameter_signature: signature,
  }: { parameter_call?: readonly unknown[] | string | undefined; parameter_signature?: string | undefined },
  report: ReportProblem,
): readonly BusValue[] => {
  try {
    return given === undefined && signature === undefined ? [] : compileArguments(argumentList(given ?? []), signature);
  } catch (error) {
    const { message } = error as Error;
    if (!(error instanceof ArgumentError))
      report(
        [given === undefined || signature !== undefined ? 'parameter_signature' : 'parameter_call'],
        `parameter_call: ${message}`,
      );
    else
      report(
        typeof given === 'string' ? ['parameter_call'] : ['parameter_call', error.index],
        `parameter_call (entry ${error.index + 1}): ${message}`,
      );
    return [];
  }
};

/** Why a call has no answer. */
const unansweredReason = (reply: Exclude<BusReply, { readonly how: 'reply' }>, bus: BusName): Reason => {
  if (reply.how === 'disconnected') return { code: 'bus-disconnected', bus, message: reply.reason };
  if (reply.how === 'timeout') return { code: 'call-timeout', seconds: CALL_MS / 1000 };
  return { code: 'call-error', name: reply.name, message: reply.message };
};

const answerResult = (holds: boolean) => (holds ? passed : failed)({ code: 'answer', holds });

/** True when the answer of a D-Bus call holds what is expected. */
export const dbusCondition = conditionKind({
  type: 'dbus',
  emitter: 'DBUS_CONDITION',
  doc: 'True when a D-Bus method answers what is expected, or, without checks, when it answers at all.',
  fields: { ...callFields, ...checkIntervalFields },
  delayable: true,
  guard: true,
  shareable: {},
  needs: ['bus'],
  simulate: 'outcomes',
  unavailable: busUnavailable,
  compile: async (values, report): Promise<Compiled> => ({
    args: argumentsOf(values, report),
    empty: values.parameter_call?.length === 0 && values.parameter_signature === undefined,
    checks: await compileParameterChecks(values.parameter_check, report),
  }),
  create: (context) => {
    const { values, compiled, ports } = context;
    const { bus, service, object_path: path, interface: iface, method, parameter_check_all: all } = values;
    const unanswered = new RecurringProblem(ports.clock);
    const unchecked = new RecurringProblem(ports.clock);
    const call = async (log: Logger): Promise<CheckResult> => {
      if (compiled.empty) {
        unanswered.report(
          log,
          'START/FAIL',
          'dbus: parameter_call is empty, no call is made; leave it out for a call without arguments',
        );
        return failed({ code: 'call-without-arguments' });
      }
      log.debug('START/MSG', `dbus: calling ${iface}.${method} of ${service} on the ${busOf(bus)} bus`);
      const reply = await ports.bus.call({
        bus: busOf(bus),
        service,
        path,
        interface: iface,
        method,
        args: compiled.args,
        timeoutMs: CALL_MS,
      });
      if (reply.how !== 'reply') {
        const reason = unansweredReason(reply, busOf(bus));
        unanswered.report(log, 'START/FAIL', `dbus: ${reasonText(reason)}`);
        return reply.how === 'disconnected' ? { kind: 'error', reason } : failed(reason);
      }
      unanswered.resolve(log, 'dbus: the call is answered again');
      if (compiled.checks.length === 0) return passed({ code: 'call-answered' });
      log.debug('PROC/MSG', `dbus: ${all ? 'all checks are' : 'one check is'} required of the answer`);
      const answered = matchArgumentsOnThreads(reply.body, compiled.checks, ports.matcher);
      const checks = answered ? await answered : compiled.checks;
      return answerResult(evaluateParameterChecks(reply.body, checks, all, log, unchecked));
    };
    const instance = withCheckInterval(context, 'dbus', (log, _, signal) => untilAborted(call(log), signal));
    return {
      ...instance,
      close: () => {
        unanswered.close();
        unchecked.close();
      },
    };
  },
});
