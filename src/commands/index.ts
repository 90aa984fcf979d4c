import type { Subcommand } from './subcommand.ts';

/** The subcommands in the order of the help. Each is imported late: the start of the daemon needs none of them. */
const IMPORTS: Readonly<Record<string, () => Promise<Subcommand>>> = {
  check: async () => (await import('./check.ts')).checkCommand,
  describe: async () => (await import('./describe.ts')).describeCommand,
  init: async () => (await import('./init.ts')).initCommand,
  convert: async () => (await import('./convert.ts')).convertCommand,
  schema: async () => (await import('./schema.ts')).schemaCommand,
  service: async () => (await import('./service.ts')).serviceCommand,
  fleet: async () => (await import('./fleet.ts')).fleetCommand,
  completion: async () => (await import('./completion.ts')).completionCommand(loadSubcommands),
  next: async () => (await import('./next.ts')).nextCommand,
  run: async () => (await import('./run.ts')).runTaskCommand,
  simulate: async () => (await import('./simulate.ts')).simulateCommand,
  status: async () => (await import('./status.ts')).statusCommand,
  top: async () => (await import('./top.ts')).topCommand,
  web: async () => (await import('./web.ts')).webCommand,
  history: async () => (await import('./history.ts')).historyCommand,
  story: async () => (await import('./story.ts')).storyCommand,
  output: async () => (await import('./output.ts')).outputCommand,
  explain: async () => (await import('./explain.ts')).explainCommand,
  events: async () => (await import('./events.ts')).eventsCommand,
  logs: async () => (await import('./logs.ts')).logsCommand,
  ctl: async () => (await import('./ctl.ts')).ctlCommand,
  state: async () => (await import('./state.ts')).stateCommand,
  lock: async () => (await import('./lock.ts')).lockCommand,
  dump: async () => (await import('./dump.ts')).dumpCommand,
  verify: async () => (await import('./verify.ts')).verifyCommand,
  show: async () => (await import('./show.ts')).showCommand,
  mcp: async () => (await import('./mcp.ts')).mcpCommand,
  help: async () => (await import('./help.ts')).helpCommand(loadSubcommands),
};

/** The names of the subcommands. */
export const SUBCOMMAND_NAMES: readonly string[] = Object.keys(IMPORTS);

/** Loads some of the subcommands; all if none are named. */
export const loadSubcommands = (names = SUBCOMMAND_NAMES): Promise<readonly Subcommand[]> =>
  Promise.all(SUBCOMMAND_NAMES.filter((name) => names.includes(name)).map((name) => IMPORTS[name]!()));
