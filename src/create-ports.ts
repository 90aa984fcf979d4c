import { join } from 'node:path';
import { systemClock } from './adapters/clock.ts';
import { createDesktop } from './adapters/desktop.ts';
import { readRegularText } from './adapters/host-fs.ts';
import { createLazyLua } from './adapters/lazy-lua.ts';
import { localZone } from './adapters/local-zone.ts';
import { createMatcher } from './adapters/matcher.ts';
import type { OrphanProcesses } from './adapters/orphan-processes.ts';
import { createProcesses } from './adapters/processes.ts';
import { createRunFiles } from './adapters/run-files.ts';
import { thisProgram } from './adapters/this-program.ts';
import type { Fleet, Lua, Ports, SharedWithScripts } from './core/ports.ts';
import type { TracePropagation } from './tracing/trace-propagation.ts';

/** What the ports of a daemon need. */
export interface PortOptions extends Pick<Ports, 'log'> {
  /** What commands and scripts inherit; that of this process if not set. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Hands the trace on; not set: nothing is traced. */
  readonly trace?: TracePropagation;
  /** Not set: this machine shares nothing with others. */
  readonly fleet?: Fleet;
  /** Where processes are noted for the next instance; not set: nowhere. */
  readonly leftovers?: OrphanProcesses;
}

/** The ports of a daemon on this machine, and how to release what they hold open. */
export interface RealPorts extends Omit<Ports, 'events'> {
  readonly lua: Lua & SharedWithScripts;
  /** Removes the files of runs and their directory, without waiting for anything. */
  removeRunFiles(): void;
  close(): Promise<void>;
}

/** Creates the ports of this machine, for the program and for a daemon inside another program. */
export const createPorts = ({ log, leftovers, trace, fleet, ...purpose }: PortOptions): RealPorts => {
  // What is undefined is not there: a thread would take it for a text.
  const environment =
    purpose.environment &&
    Object.fromEntries(Object.entries(purpose.environment).filter(([, value]) => value !== undefined));
  const { close, ...desktop } = createDesktop();
  // The files lie beside the bundle that this is part of, unless all is one executable.
  const { texts } = thisProgram;
  const workerPath = join(__dirname, 'lua-worker.cjs');
  const lua = createLazyLua({
    workerPath,
    workerText: texts?.['lua-worker.cjs'],
    leftovers,
    ...(environment ? { environment } : {}),
  });
  const runFiles = createRunFiles();
  const matcher = createMatcher(join(__dirname, 'late', 're2js.cjs'), texts?.['late/re2js.cjs']);
  return {
    ...{ matcher, runFiles },
    givenFiles: {
      read: readRegularText,
      credentials: (environment ?? process.env).CREDENTIALS_DIRECTORY,
    },
    ...{ clock: systemClock, localZone: localZone(), random: Math.random, log, lua, ...desktop },
    ...(trace ? { trace: trace.variables } : {}),
    ...(fleet ? { fleet } : {}),
    processes: createProcesses({}, environment, leftovers),
    removeRunFiles: () => runFiles.close(),
    close: async () => {
      await Promise.all([lua.close(), matcher.close(), close()]);
      runFiles.close();
    },
  };
};
