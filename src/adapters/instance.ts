import type { Socket } from 'node:net';
import { InstanceKeeper, type InstanceLogger } from './instance-keeper.ts';
import { bindInstanceSocket } from './instance-socket.ts';

export { isRunning } from './instance-socket.ts';

/** The place of the one instance of a user. */
export interface Instance {
  /** Gives the place free. */
  release(): void;
  /** Hands over everybody who connects, and those who have already. */
  receive(visitor: (socket: Socket) => void): void;
  /** Looks from now on whether the place is still its own, and takes it again if it is free. */
  keep(records: InstanceLogger): void;
}

/**
 * Takes the place of the one instance.
 * @returns undefined when another instance is running. @throws Error when the place cannot be used at all.
 */
export const takeInstance = async (path: string): Promise<Instance | undefined> => {
  const held = await bindInstanceSocket(path);
  return held && new InstanceKeeper(held);
};
