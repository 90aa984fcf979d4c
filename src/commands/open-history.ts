import { resolve } from 'node:path';
import { callInstance, NotRunningError } from '../adapters/control-client.ts';
import { historyDirectory } from '../adapters/history/directory.ts';
import { HistoryReader, keptHistories } from '../adapters/history/reader.ts';
import { socketPath } from '../adapters/socket-path.ts';
import type { StatusReport } from '../control/status.ts';
import { type OptionRow, UsageError } from './subcommand.ts';

/** Which history a subcommand reads. */
export const CONFIG_OPTION: OptionRow = {
  flags: '--config <FILE>',
  help: 'the history of this configuration; default: of the one that runs or ran last',
  path: true,
};

/** The configuration of the running instance, as an absolute path; undefined: no instance runs. */
const runningConfig = async (): Promise<string | undefined> => {
  try {
    const { config } = (await callInstance(
      socketPath(),
      { request: 'status', conditions: [] },
      () => {},
    )) as StatusReport;
    return config;
  } catch (error) {
    if (error instanceof NotRunningError) return undefined;
    throw error;
  }
};

/** Opens the history of a configuration, of the running instance, or the one that was written last. @throws UsageError: there is none. */
export const openHistoryOf = async (config: string | undefined): Promise<HistoryReader> => {
  const file = config ?? (await runningConfig());
  if (file !== undefined) {
    const reader = new HistoryReader(historyDirectory(resolve(file)));
    if (reader.exists) return reader;
    throw new UsageError(`there is no history of ${resolve(file)} yet: expected it in ${reader.directory}`);
  }
  const [last] = keptHistories();
  if (!last) throw new UsageError('there is no history yet: it begins with the first run of whenever');
  return new HistoryReader(last.directory);
};
