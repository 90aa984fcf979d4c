import type { OrphanProcesses } from './orphan-processes.ts';

/** How the Lua host is set up. */
export interface LuaOptions {
  /** The file that the host's thread runs. */
  readonly workerPath: string;
  /** Most the host may use, heap and byte arrays together, in MiB; 512 if not set. */
  readonly memoryMiB?: number;
  /** A host that does not get on for so long, in ms, is given up; 10 000 if not set. */
  readonly stallMs?: number;
  /** What scripts see with os.getenv, and what they start inherits; that of this process if not set. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Where the processes of scripts are noted for the next instance; not set: nowhere. */
  readonly leftovers?: OrphanProcesses | undefined;
}
