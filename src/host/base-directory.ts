import { resolve } from 'node:path';
import { configFilesAt, hostFs, readRegularText } from '../adapters/host-fs.ts';
import type { RealPorts } from '../create-ports.ts';
import type { HostFs } from '../items/kind.ts';

/** Where relative paths of a configuration begin. */
export interface BaseDirectory {
  /** As a configuration asks about it while it is checked. */
  readonly machine: HostFs;
  /** The text of a file, while the daemon runs. @throws UnreadableFile */
  read(path: string): Promise<string>;
  /** The ports for items that name relative paths. */
  ports(ports: RealPorts): RealPorts;
}

/** Relative paths begin in the working directory, as those of the program do. */
const HERE: BaseDirectory = { machine: hostFs, read: readRegularText, ports: (ports) => ports };

/** Relative paths begin in a directory, wherever the process is. */
export const baseDirectoryAt = (directory: string | undefined): BaseDirectory => {
  if (directory === undefined) return HERE;
  const at = (path: string): string => resolve(directory, path);
  return {
    machine: {
      platform: hostFs.platform,
      isDirectory: (path) => hostFs.isDirectory(at(path)),
      isFile: (path) => hostFs.isFile(at(path)),
      files: configFilesAt(directory),
    },
    read: (path) => readRegularText(at(path)),
    ports: (ports) => {
      const { processes, lua, watcher, givenFiles } = ports;
      return {
        ...ports,
        ...(givenFiles ? { givenFiles: { ...givenFiles, read: (path: string) => readRegularText(at(path)) } } : {}),
        processes: {
          run: (request) => processes.run({ ...request, cwd: at(request.cwd) }),
          killAll: (graceMs) => processes.killAll(graceMs),
        },
        lua: {
          ...lua,
          run: ({ initScriptPath, ...request }, listener) =>
            lua.run(
              initScriptPath === undefined ? request : { ...request, initScriptPath: at(initScriptPath) },
              listener,
            ),
        },
        watcher: {
          watch: (request, listener) => watcher.watch({ ...request, path: at(request.path) }, listener),
        },
      };
    },
  };
};
