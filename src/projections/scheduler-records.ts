import { showInstant } from '../core/duration.ts';
import type { EventHandlers } from '../core/engine-events.ts';
import { errorDetails, internalErrorText } from '../core/internal-error.ts';
import type { Log, Logger } from '../log/record.ts';
import { clockText } from './record-texts.ts';

/** The records of the scheduler, of its clock, of commands, and of files that are loaded. */
export const schedulerRecords = (log: Log): EventHandlers => {
  const main = (action: string): Logger => log.for('MAIN', action);
  const [starting, tick, exit, command] = [main('starting'), main('scheduler_tick'), main('exit'), main('command')];
  const reconfigure = main('reconfigure');
  const changes = log.for('CONFIGURATION', 'reconfigure');

  return {
    'scheduler.paused': ({ initial, kept, until }, trace) => {
      // Nothing runs until the command, which a person may have given weeks ago.
      if (kept && until !== undefined)
        starting.warn('PROC/MSG', `starting paused: it was paused when it ended, until ${showInstant(until)}`, trace);
      else if (kept)
        starting.warn('PROC/MSG', 'starting paused: it was paused when it ended, until the command resume', trace);
      else if (initial) starting.info('PROC/MSG', 'starting paused, as asked for', trace);
      else if (until !== undefined) command.info('PROC/MSG', `pausing until ${showInstant(until)}`, trace);
      else command.debug('PROC/MSG', 'pausing', trace);
      (initial ? starting : command).trace('PAUSE/YES', 'scheduler is paused', trace);
    },
    'pause.changed': ({ until }, trace) =>
      command.info(
        'PROC/MSG',
        until === undefined ? 'the pause has no end now' : `the pause ends at ${showInstant(until)} now`,
        trace,
      ),
    'scheduler.resumed': ({ until }, trace) => {
      if (until === undefined) command.debug('PROC/MSG', 'resuming', trace);
      else command.info('PROC/MSG', `resuming: the pause until ${showInstant(until)} is over`, trace);
      command.trace('PAUSE/NO', 'scheduler is not paused', trace);
    },
    'scheduler.busy': ({ busy }, trace) => tick.trace('BUSY/YES', () => `conditions busy: ${busy}`, trace),
    'scheduler.idle': (_, trace) => tick.trace('BUSY/NO', 'no condition is busy', trace),
    'scheduler.ended': ({ how }, trace) => {
      if (how === 'exit') exit.info('END/OK', 'scheduler ended', trace);
    },
    'tick.started': ({ busy, paused }, trace) => {
      if (busy > 0) tick.trace('BUSY/YES', () => `conditions busy: ${busy}`, trace);
      else tick.trace('BUSY/NO', 'no condition is busy', trace);
      if (paused) tick.trace('PROC/MSG', 'tick without checks: the scheduler is paused', trace);
    },
    'clock.changed': (change, trace) => tick.warn('PROC/MSG', clockText(change), trace),
    'zone.changed': ({ from, to }, trace) =>
      tick.info(
        'PROC/MSG',
        `the time zone of the machine is ${to} now, it was ${from}: time conditions without a timezone of their own look again`,
        trace,
      ),
    'zone.failed': ({ problem }, trace) => tick.warn('PROC/MSG', problem, trace),
    'shutdown.requested': ({ how }, trace) =>
      command.warn('PROC/MSG', `request to end ${how === 'kill' ? 'at once ' : ''}accepted`, trace),
    'shutdown.interrupted': ({ signal, again }, trace) =>
      exit.warn(
        'END/MSG',
        `${signal} received, ${again ? 'ending at once' : 'ending when running work is done'}`,
        trace,
      ),
    'shutdown.draining': ({ busy, again }, trace) => {
      const names = busy.join(', ');
      if (again) exit.info('PROC/MSG', `still waiting for busy conditions: ${names}`, trace);
      else exit.info('END/OK', `no more ticks${names === '' ? '' : `, waiting for busy conditions: ${names}`}`, trace);
    },
    'shutdown.aborting': (_, trace) => exit.warn('END/OK', 'ending at once, all activity is abandoned', trace),
    'command.accepted': ({ command: what, args }, trace) => {
      const names = args.join(' ');
      if (what === 'reset' && args.length > 0) command.debug('PROC/MSG', `resetting conditions: ${names}`, trace);
      else if (what === 'reset') command.trace('PROC/MSG', 'resetting all conditions', trace);
      else if (what === 'suspend' || what === 'resume')
        command.debug('PROC/MSG', `${what}_condition ${names} accepted`, trace);
      else command.debug('PROC/MSG', `${what} ${names} accepted`, trace);
    },
    'help.requested': ({ lines }, trace) => {
      for (const line of lines) command.info('PROC/MSG', line, trace);
    },
    'command.rejected': ({ level, mark, reason }, trace) => command[level](mark, reason, trace),
    'reload.requested': ({ file, signal }, trace) =>
      reconfigure.info(
        'START/MSG',
        signal === undefined
          ? `${file} or what it includes has changed, loading it again`
          : `${signal} received, loading ${file} again`,
        trace,
      ),
    'reload.refused': ({ lines }, trace) => {
      for (const line of lines)
        reconfigure.error('START/FAIL', `configuration refused, nothing changed: ${line}`, trace);
    },
    'reload.failed': ({ error }, trace) =>
      reconfigure.error('END/FAIL', internalErrorText(error), trace, errorDetails(error)),
    'reload.finished': ({ file }, trace) => reconfigure.info('END/OK', `configuration ${file} loaded`, trace),
    'reload.globals-differ': (_, trace) =>
      changes.warn(
        'PROC/MSG',
        'the globals of the file differ from the running ones: they take effect at the next start',
        trace,
      ),
  };
};
