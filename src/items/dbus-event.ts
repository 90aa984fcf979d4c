import { stringField } from '../config/field.ts';
import type { BusRule, PortSubscription } from '../core/ports.ts';
import {
  argumentCheckFields,
  bus,
  busOf,
  busUnavailable,
  type CompiledParameterCheck,
  compileParameterChecks,
  evaluateParameterChecks,
  matchArgumentsOnThreads,
} from './common/dbus.ts';
import { argumentsAsJson } from './common/dbus-json.ts';
import { parseRule } from './common/match-rule.ts';
import { RecurringProblem } from './common/recurring-problem.ts';
import { eventKind } from './kind.ts';

/** The most messages with long texts that wait for a thread. */
const MOST_WAITING = 100;

interface Compiled {
  readonly rule: BusRule;
  readonly checks: readonly CompiledParameterCheck[];
}

/** Fired by a D-Bus message. */
export const dbusEvent = eventKind({
  type: 'dbus',
  emitter: 'DBUS_EVENT',
  doc: 'Fired by D-Bus messages that match a rule, and, where there are checks, hold what is expected.',
  fields: {
    bus,
    rule: stringField({
      required: true,
      examples: ["type='signal',member='NameOwnerChanged'"],
      doc: "The match rule, such as \"type='signal',member='NameOwnerChanged'\": keys and values, separated by commas, as dbus-daemon takes them.",
    }),
    ...argumentCheckFields,
  },
  needs: ['bus'],
  simulate: 'instants',
  unavailable: busUnavailable,
  compile: async (values, report): Promise<Compiled> => {
    let rule: BusRule = { text: '', keys: new Map() };
    try {
      if (values.rule !== undefined) rule = parseRule(values.rule);
    } catch (error) {
      report(['rule'], `rule: not a match rule: ${(error as Error).message}`);
    }
    return { rule, checks: await compileParameterChecks(values.parameter_check, report) };
  },
  create: ({ values, compiled, log, ports }) => {
    const name = busOf(values.bus);
    const { rule, checks } = compiled;
    let subscription: PortSubscription | undefined;
    const absence = new RecurringProblem(ports.clock);
    let waiting = 0;
    const problem = new RecurringProblem(ports.clock);
    return {
      start: async (fire) => {
        log.debug('START/MSG', `listening on the ${name} bus`);
        subscription = ports.bus.subscribe(name, rule, {
          subscribed: () => {
            log.debug('PROC/MSG', `subscribed on the ${name} bus`);
            absence.resolve(log, `subscribed on the ${name} bus again`);
          },
          lost: (reason) => {
            absence.report(log, 'PROC/FAIL', `not subscribed on the ${name} bus: ${reason}; trying again`);
          },
          message: ({ sender, interface: iface, member, path, body }) => {
            const data = (): string | undefined => argumentsAsJson(body, (text) => log.warn('PROC/FAIL', text));
            const record = (): void =>
              log.debug('PROC/OK', () => `message ${iface}.${member} of ${sender} about ${path}`);
            if (checks.length === 0) {
              fire(record, { data });
              return;
            }
            record();
            const all = values.parameter_check_all;
            log.debug('PROC/MSG', `${all ? 'all checks are' : 'one check is'} required of the message`);
            const evaluate = (made: readonly CompiledParameterCheck[]): void => {
              if (evaluateParameterChecks(body, made, all, log, problem)) fire(undefined, { data });
              else log.debug('PROC/MSG', 'the message does not hold what is expected');
            };
            const answered = waiting < MOST_WAITING ? matchArgumentsOnThreads(body, checks, ports.matcher) : undefined;
            if (!answered) {
              evaluate(checks);
              return;
            }
            waiting += 1;
            void answered.then((made) => {
              waiting -= 1;
              evaluate(made);
            });
          },
        });
        await subscription.ready;
      },
      close: () => {
        subscription?.close();
        absence.close();
        problem.close();
        log.debug('START/MSG', `no longer listening on the ${name} bus`);
      },
    };
  },
});
