import { callInstance } from '../adapters/control-client.ts';
import { NotRunningError } from '../adapters/control-errors.ts';
import {
  type FoundHistory,
  historyOfConfig,
  historyOfInstance,
  latestHistory,
} from '../adapters/history/find-history.ts';
import type { HistoryReader } from '../adapters/history/reader.ts';
import { socketPath } from '../adapters/socket-path.ts';
import type { StatusReport } from '../control/status.ts';
import { type OptionRow, UsageError } from './subcommand.ts';

/** Which history a subcommand reads. */
export const CONFIG_OPTION: OptionRow = {
  flags: '--config <FILE>',
  help: 'the history of this configuration; default: of the one that runs or ran last',
  path: true,
  itemsOf: 'configuration',
};

/** The history that the running instance writes; undefined: no instance runs. */
const historyOfRunning = async (): Promise<FoundHistory | undefined> => {
  try {
    const { config, started } = (await callInstance(
      socketPath(),
      { request: 'status', conditions: [] },
      () => {},
    )) as StatusReport;
    return historyOfInstance(config, started);
  } catch (error) {
    if (error instanceof NotRunningError) return undefined;
    throw error;
  }
};

/** Opens the history of a configuration, of the running instance, or the one that was written last. @throws UsageError: there is none. */
export const openHistoryOf = async (file: string | undefined): Promise<HistoryReader> => {
  const found = file === undefined ? ((await historyOfRunning()) ?? latestHistory()) : historyOfConfig(file);
  if (!found) throw new UsageError('there is no history yet: it begins with the first run of whenever');
  const { reader, config } = found;
  if (config === undefined || reader.exists) return reader;
  throw new UsageError(`there is no history of ${config} yet: expected it in ${reader.directory}`);
};
