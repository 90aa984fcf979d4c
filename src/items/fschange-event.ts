import { flag, integer, texts } from '../config/field.ts';
import { notYet } from './common/not-yet.ts';
import { eventKind } from './kind.ts';

/** Fired by changes of files and directories (`desktop.md` §5). */
export const fschangeEvent = eventKind({
  type: 'fschange',
  emitter: 'FSCHANGE_EVENT',
  doc: 'Fired when a watched file or directory changes.',
  fields: {
    watch: texts({ fallback: [], doc: 'Files and directories to watch.' }),
    recursive: flag({ fallback: false, doc: 'Watch the directories below as well.' }),
    poll_seconds: integer({ min: 0, fallback: 0, doc: 'Look every so many seconds; 0: be told by the system.' }),
  },
  unavailable: () => notYet('file-change events'),
  create: () => ({}),
});
