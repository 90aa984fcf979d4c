import { booleanField, choicesField, integerField, stringsField } from '../config/field.ts';
import type { PathChange } from '../core/event-burst.ts';
import type { FireEvent } from '../core/instance.ts';
import type { PortSubscription } from '../core/ports.ts';
import { RecurringProblem } from './common/recurring-problem.ts';
import { MOST_SETTLING, SettlingPaths } from './common/settling.ts';
import { eventKind, rejectTilde } from './kind.ts';

/** The word that a run is given for a change. What the system does not say is a change of the directory. */
const KINDS = { CREATE: 'create', MODIFY: 'modify', REMOVE: 'remove', RENAME: 'rename', OTHER: 'modify' } as const;
const WORDS = { create: 'CREATE', modify: 'MODIFY', remove: 'REMOVE', rename: 'RENAME' } as const;
const CHANGES = ['create', 'modify', 'remove', 'rename'] as const;

/** A path that is missing for less is being replaced, in ms. */
const REPLACED_MS = 1000;

/** Fired by changes of files and directories. */
export const fschangeEvent = eventKind({
  type: 'fschange',
  emitter: 'FSCHANGE_EVENT',
  doc: 'Fired when a watched file or directory is created, changed, renamed or removed. Reading it is not a change.',
  fields: {
    watch: stringsField({
      fallback: [],
      examples: [['/home/me/Inbox']],
      doc: 'Files and directories to watch. Of a directory, what is directly in it counts. What does not exist yet, or goes, is waited for, with a WARN when that begins and one when it is over. Files that the scheduler writes itself are left out.',
    }),
    recursive: booleanField({ fallback: false, doc: 'Watch everything below the directories as well.' }),
    poll_seconds: integerField({
      min: 0,
      fallback: 0,
      doc: 'Look every so many seconds, for file systems that do not report changes; 0: the system reports them.',
    }),
    changes: choicesField(CHANGES, {
      extension: true,
      doc: 'Which changes count. A rename is the change of a name within what is watched: what comes in from elsewhere is created, what leaves is removed, and a file that takes the place of another one modifies that. Default: all, and a rename counts as the removal of one name and the creation of another.',
    }),
    settle_ms: integerField({
      min: 0,
      max: 3_600_000,
      fallback: 0,
      extension: true,
      doc: 'A change counts only when its path has not changed for so many milliseconds, as when a file has stopped growing; with poll_seconds, for as much longer. What happens until then is one change. What has come and gone meanwhile is none. 0: at once.',
    }),
  },
  needs: ['watcher'],
  simulate: 'instants',
  compile: ({ watch }, report) => {
    for (const [i, path] of (watch ?? []).entries()) rejectTilde(path, ['watch', i], report);
    return undefined;
  },
  create: ({ values, log, ports }) => {
    const open: { close(): void }[] = [];
    let settling: SettlingPaths | undefined;
    const wanted = values.changes && new Set<string>(values.changes);
    const renames = wanted !== undefined || values.settle_ms > 0;
    const pass = (fire: FireEvent, kind: PathChange['kind'], where: string, how: string = WORDS[kind]): void => {
      if (wanted?.has(kind) ?? true)
        fire(() => log.debug('PROC/OK', () => `file change: ${how} ${where}`), { change: { kind, path: where } });
    };
    /** Keeps changes back; undefined: they count at once. */
    const settlingPaths = (fire: FireEvent): SettlingPaths | undefined => {
      if (values.settle_ms === 0) return undefined;
      const quietMs = values.settle_ms + values.poll_seconds * 1000;
      const settling = new SettlingPaths(ports.clock, quietMs, {
        settled: ({ kind, path }) => pass(fire, kind, path),
        restless: (path, ms) =>
          log.warn(
            'PROC/MSG',
            `${path} has been changing for ${Math.round(ms / 1000)} s: it counts when it has not changed for ${quietMs / 1000} s`,
          ),
        full: () =>
          log.warn('PROC/FAIL', `more than ${MOST_SETTLING} paths are changing: further changes count at once`),
      });
      open.push(settling);
      return settling;
    };
    /** Watches one path; the first callback says whether it exists. */
    const watch = (path: string, fire: FireEvent): PortSubscription => {
      let found = false;
      let came = false;
      const absence = new RecurringProblem(ports.clock);
      const gaps = new RecurringProblem(ports.clock);
      open.push(absence, gaps);
      const said = new Set<string>();
      const request = { path, recursive: values.recursive, pollSeconds: values.poll_seconds, renames };
      return ports.watcher.watch(request, {
        established: () => {
          absence.resolve(log, `${path} is ${came ? 'there again' : 'there now'}: watching it`);
          came = true;
          log.debug('START/OK', found ? `${path} is there again` : `watching ${path}`);
          found = true;
        },
        missing: (obstacle) => {
          const what = obstacle === undefined ? undefined : `cannot be reached (${obstacle})`;
          if (found) absence.report(log, 'PROC/FAIL', `${path} ${what ?? 'is gone'}: waiting for it`, REPLACED_MS);
          else absence.report(log, 'END/FAIL', `${path} ${what ?? 'does not exist'}: waiting for it`);
          found = true;
        },
        changed: (how, where, from) => {
          if (settling) settling.add({ kind: KINDS[how], path: where }, from);
          else pass(fire, KINDS[how], where, how);
        },
        ownFile: (where) => log.info('PROC/MSG', `changes of ${where} are left out: the scheduler writes it itself`),
        trouble: (reason, known) => {
          const text = `${path} cannot be watched as it should be: ${reason}`;
          log[known || said.has(reason) ? 'debug' : 'warn']('START/FAIL', text);
          said.add(reason);
        },
        partly: (reason) =>
          gaps.report(log, 'START/FAIL', `${path}: a part cannot be watched, and is left out until it can: ${reason}`),
        whole: () => gaps.resolve(log, `${path}: all of it is watched again`),
      });
    };
    return {
      start: async (fire) => {
        if (values.watch.length === 0) log.warn('START/ERR', 'nothing to watch: the event never occurs');
        const paths = new Set(values.watch);
        // For the system it would be the working directory.
        if (paths.delete('')) log.warn('END/FAIL', 'an empty path does not exist: it is left out');
        settling = settlingPaths(fire);
        const watches = [...paths].map((path) => watch(path, fire));
        open.push(...watches);
        await Promise.all(watches.map((one) => one.ready));
      },
      settling: () => settling?.files,
      close: () => {
        for (const one of open.splice(0)) one.close();
        log.debug('START/MSG', 'watching has ended');
      },
    };
  },
});
