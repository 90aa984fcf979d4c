import type { Scheduler } from '../core/scheduler.ts';
import { VERSION } from '../version.ts';
import { PROTOCOL, REQUESTS } from './request.ts';

/** The answer to `hello`. */
export interface HelloAnswer {
  /** The version of the protocol. */
  readonly protocol: number;
  /** The version of the program. */
  readonly version: string;
  readonly pid: number;
  /** The running file, with its whole path. */
  readonly config: string;
  /** When the scheduler was started, wall-clock ms. */
  readonly started: number;
  /** The requests that are answered. */
  readonly requests: readonly string[];
}

/** What `hello` is answered from. */
interface HelloDeps {
  readonly scheduler: Pick<Scheduler, 'file'>;
  readonly pid: number;
  readonly started: number;
  readonly absolutePath: (file: string) => string;
}

export const helloAnswer = ({ scheduler, pid, started, absolutePath }: HelloDeps): HelloAnswer => ({
  ...{ protocol: PROTOCOL, version: VERSION, pid, config: absolutePath(scheduler.file), started },
  requests: Object.keys(REQUESTS),
});
