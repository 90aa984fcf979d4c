import { showDuration, showInstant } from '../core/duration.ts';
import type { Logger } from '../log/record.ts';
import { keyWords } from './entries.ts';
import type { FleetMemberOptions, FleetReport } from './member-options.ts';

const clockWords = (ms: number): string =>
  `the clock of this machine is ${showDuration(Math.abs(ms))} ${ms > 0 ? 'ahead of' : 'behind'} that of the server`;

/** What becomes of shared conditions without a server. */
const WITHOUT: { readonly [K in FleetMemberOptions['withoutEngine']]: string } = {
  hold: 'shared conditions that fire wait for one',
  run: 'shared conditions run, perhaps on several machines',
  skip: 'shared conditions do not run',
};

/** Logs what a member reports. @param hosts where the servers are */
export const logReport = (
  log: Logger,
  report: FleetReport,
  { withoutEngine, hosts }: Pick<FleetMemberOptions, 'withoutEngine'> & { readonly hosts: string },
): void => {
  switch (report.kind) {
    case 'connected':
      log.info('PROC/OK', 'connected to the fleet');
      return;
    case 'disconnected':
      log.warn('PROC/MSG', `no server of the fleet answers any more: ${WITHOUT[withoutEngine]}`);
      return;
    case 'unreached':
      log.warn('PROC/MSG', `no server of the fleet answers yet (${hosts}): ${WITHOUT[withoutEngine]}`);
      return;
    case 'refused':
      log.warn('PROC/MSG', `no server of the fleet takes anything more (${report.message}): ${WITHOUT[withoutEngine]}`);
      return;
    case 'accepted':
      log.info('PROC/OK', 'a server of the fleet takes what is written again');
      return;
    case 'skew':
      if (report.level === 'ok') log.info('PROC/OK', `${clockWords(report.ms)}, which is little enough again`);
      else if (report.level === 'warn') log.warn('PROC/MSG', clockWords(report.ms));
      else log.error('PROC/FAIL', `${clockWords(report.ms)}, which is more than a tick: no shared condition runs here`);
      return;
    case 'fault':
      log.error('PROC/ERR', `internal error in the fleet: ${report.message}`);
      return;
    case 'name-taken': {
      const { node, began } = report;
      log.error(
        'PROC/FAIL',
        `another machine is called ${node}, too${began === undefined ? '' : `, and runs since ${showInstant(began)}`}: this one takes no part in the fleet as long as the other one runs; give it a name of its own, with name in [fleet]`,
      );
      return;
    }
    case 'name-free':
      log.info('PROC/OK', `no other machine is called ${report.node} any more: this one takes part in the fleet`);
      return;
    case 'node-dead':
      log.warn('PROC/MSG', `${report.node} is silent: it has died, or is not connected`);
      return;
    case 'definition-differs':
      log.warn(
        'PROC/MSG',
        `condition ${report.condition} is defined otherwise on ${report.node}: it runs as the machine has it that gets the firing`,
      );
      return;
    case 'work-idle':
      log.warn('PROC/MSG', `task ${report.task}, which is for ${report.where}, waits for ${report.what}`);
      return;
    case 'work-taken-over':
      log.warn(
        'PROC/MSG',
        `this machine was taken for dead in task ${report.task}, and ${report.node} does it: what it came to here is not wanted`,
      );
      return;
    case 'missed': {
      const { condition, count, first, last } = report;
      const when =
        count === 1
          ? `at ${showInstant(last)}`
          : `for ${count} instants from ${showInstant(first)} to ${showInstant(last)}`;
      log.warn('PROC/MSG', `condition ${condition} has run on no machine ${when}`);
      return;
    }
    case 'ran-twice':
      log.warn(
        'PROC/MSG',
        `condition ${report.condition} has run twice for ${keyWords(report.key, showInstant)}: here, which the servers did not know, and on ${report.node}`,
      );
  }
};
