import { resolve } from 'node:path';
import { callInstance } from '../adapters/control-client.ts';
import { NotRunningError } from '../adapters/control-errors.ts';
import { socketPath } from '../adapters/socket-path.ts';
import type { StatusReport } from '../control/status.ts';
import { chosenFile } from './chosen-file.ts';
import { FOUND } from './query-common.ts';
import { printMessage } from './stdio.ts';
import type { Subcommand } from './subcommand.ts';

/** The file of the running instance; undefined: none runs. */
const runningFile = async (): Promise<string | undefined> => {
  try {
    const request = { request: 'status', conditions: [''] } as const;
    return ((await callInstance(socketPath(), request, () => {})) as StatusReport).config;
  } catch (error) {
    if (error instanceof NotRunningError) return undefined;
    throw error;
  }
};

export const mcpCommand: Subcommand<{ readonly allowControl?: true }> = {
  name: 'mcp',
  help: 'serve an assistant on standard input and output by the Model Context Protocol',
  takes: [
    {
      form: '[FILE]',
      help: 'the configuration; default: that of the running instance, or the one that is read when none is named',
      path: true,
    },
  ],
  options: [
    {
      flags: '--allow-control',
      help: 'with the tools that change something: run, trigger, pause, resume, cancel, suspend, reset, reload',
    },
  ],
  page: 'live',
  more: 'Its tools ask the running instance, which may be started again meanwhile, read the history, and look at the file. Secrets are masked, long answers are shortened and say so. It ends when standard input ends.',
  exitStatus: 'Status 0: standard input has ended; 2: wrong usage.',
  examples: ['whenever mcp my.toml', 'whenever mcp --allow-control'],
  run: async ({ args: [given], options }) => {
    const { serve } = await import('../mcp/server.ts');
    const { programRunner } = await import('../mcp/program.ts');
    const closing = new AbortController();
    const named = given === undefined ? undefined : resolve(given);
    await serve(
      {
        ...{ run: programRunner(closing.signal), given: named, control: options.allowControl === true },
        file: async () => named ?? (await runningFile()) ?? chosenFile(),
        report: printMessage,
      },
      { input: process.stdin, output: process.stdout },
    );
    closing.abort();
    return FOUND;
  },
};
