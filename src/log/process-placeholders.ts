/** What patterns may say about the process. */
export interface ProcessFacts {
  readonly pid: number;
  readonly host: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Placeholders for the process, of the names of runs of metrics as well as of the lines of logs. */
export const PROCESS_PLACEHOLDERS = [
  { name: 'rank', doc: 'RANK of the environment, else 0', value: (f: ProcessFacts) => f.environment.RANK || '0' },
  {
    name: 'local_rank',
    doc: 'LOCAL_RANK of the environment, else 0',
    value: (f: ProcessFacts) => f.environment.LOCAL_RANK || '0',
  },
  { name: 'pid', doc: 'the number of the process', value: ({ pid }: ProcessFacts) => String(pid) },
  { name: 'host', doc: 'the name of the machine', value: ({ host }: ProcessFacts) => host },
] as const;
