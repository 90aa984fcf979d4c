import { eventKind } from './kind.ts';

/** Fired by the `trigger` command and by nothing else (`desktop.md` §6). */
export const cliEvent = eventKind({
  type: 'cli',
  emitter: 'CMD_EVENT',
  doc: 'Fired by the trigger command.',
  fields: {},
  manual: true,
  create: () => ({}),
});
