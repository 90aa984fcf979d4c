import { eventKind } from './kind.ts';

/** Fired by the `trigger` command only. */
export const cliEvent = eventKind({
  type: 'cli',
  emitter: 'CMD_EVENT',
  doc: 'Fired by the trigger command.',
  fields: {},
  manual: true,
  create: () => ({}),
});
