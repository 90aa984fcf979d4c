import type { Subcommand } from './subcommand.ts';

/** The subcommands in the order of the help. Each is imported late: the start of the daemon needs none of them. */
const IMPORTS: Readonly<Record<string, () => Promise<Subcommand>>> = {
  next: async () => (await import('./next.ts')).next,
  simulate: async () => (await import('./simulate.ts')).simulate,
  status: async () => (await import('./status.ts')).status,
  story: async () => (await import('./story.ts')).story,
  explain: async () => (await import('./explain.ts')).explain,
  events: async () => (await import('./events.ts')).events,
  logs: async () => (await import('./logs.ts')).logs,
  ctl: async () => (await import('./ctl.ts')).ctl,
  dump: async () => (await import('./dump.ts')).dump,
  verify: async () => (await import('./verify.ts')).verify,
  show: async () => (await import('./show.ts')).show,
};

/** The names of the subcommands. */
export const SUBCOMMAND_NAMES: readonly string[] = Object.keys(IMPORTS);

/** Loads some of the subcommands; all if none are named. */
export const loadSubcommands = (names = SUBCOMMAND_NAMES): Promise<readonly Subcommand[]> =>
  Promise.all(SUBCOMMAND_NAMES.filter((name) => names.includes(name)).map((name) => IMPORTS[name]!()));
