import { suggest } from '../config/suggest.ts';
import type { EventHandlers } from '../core/engine-events.ts';
import { errorDetails, internalErrorText } from '../core/internal-error.ts';
import { INELIGIBLE } from '../core/states.ts';
import type { Log } from '../log/record.ts';
import type { ItemLoggers } from './item-loggers.ts';

/** The records of items as such, what a reload changes of them, and those of events that listen. */
export const itemRecords = (log: Log, { ofItem }: ItemLoggers): EventHandlers => {
  const eventTrigger = log.for('MAIN', 'event_trigger');
  const changes = log.for('CONFIGURATION', 'reconfigure');
  const listener = log.for('EVENT_REGISTRY', 'listener');
  const [install, uninstall] = [log.for('EVENT_REGISTRY', 'install'), log.for('EVENT_REGISTRY', 'uninstall')];

  return {
    'item.creating': ({ section, spec, tasks }, trace) => {
      log.for(spec.emitter, 'new', spec.name, 0).debug('INIT/MSG', `${section} of type ${spec.type} created`, trace);
      if (tasks.length === 0) return;
      const building = log.for('CONDITION', 'active', spec.name, 0);
      for (const task of tasks) {
        building.trace('PROC/MSG', `looking for task ${task}`, trace);
        building.debug('PROC/OK', `task ${task} added`, trace);
      }
    },
    'reload.item': ({ section, name, change }, trace) => {
      if (change === 'removed')
        changes.trace('PROC/MSG', `${section} ${name} is not in the new file and removed`, trace);
      else if (change === 'kept') changes.debug('PROC/MSG', `${section} ${name}: no change`, trace);
      else changes.debug('PROC/OK', `${section} ${name} ${change}`, trace);
    },
    'reload.condition-busy': ({ name }, trace) =>
      log
        .for('CONDITION_REGISTRY', 'new')
        .debug('PROC/OK', `condition ${name} is busy: the new one waits for its end`, trace),

    'event.failed': ({ event, error }, trace) =>
      ofItem('EVENT', event).error('START/ERR', internalErrorText(error), trace, errorDetails(error)),
    'event.occurred': ({ event }, trace) => listener.trace('PROC/OK', () => `event ${event.name} has occurred`, trace),
    'event.repeated': ({ event, count }, trace) =>
      listener.debug('PROC/MSG', `event ${event.name} has occurred ${count} more times in this tick`, trace),
    'event.fired': ({ event, result, ineligible, triggered }, trace) => {
      const { condition } = event.spec;
      const logger = ofItem('EVENT', event);
      if (ineligible !== undefined) {
        if (!triggered)
          logger.debug('PROC/MSG', `event dropped: condition ${condition} is ${INELIGIBLE[ineligible].is}`, trace);
        return;
      }
      if (triggered)
        log.for('EVENT_REGISTRY', 'trigger', event.name, event.id).debug('PROC/OK', 'event is being fired', trace);
      if (result === 'pending') logger.debug('PROC/OK', `event fired: condition ${condition} is pending`, trace);
      else logger.trace('PROC/MSG', `event fired: condition ${condition} was pending already`, trace);
    },
    'event.listening': ({ event }, trace) => install.trace('INIT/MSG', `event ${event.name} set up`, trace),
    'event.uninstalled': ({ event }, trace) => uninstall.trace('END/MSG', `event ${event.name} taken down`, trace),
    'listening.started': ({ all }, trace) => {
      if (all) listener.trace('START/OK', 'all events are set up, as far as they can be', trace);
      else listener.debug('START/OK', 'events are being listened to', trace);
    },
    'listening.stopping': (_, trace) => listener.trace('START/MSG', 'listening to events ends', trace),
    'listening.stopped': (_, trace) => listener.debug('END/OK', 'no event is listened to any more', trace),
    'trigger.requested': ({ name }, trace) => eventTrigger.debug('START/OK', `triggering event ${name}`, trace),
    'trigger.refused': ({ reason, name, known }, trace) =>
      eventTrigger.error('START/ERR', `${reason}${suggest(name, known)}`, trace),
    'trigger.answered': ({ said }, trace) => eventTrigger.info('END/OK', said, trace),
  };
};
