import type { LockOwner, NamedLocks } from './named-locks.ts';
import type { LockOfProgram, WorkerReport } from './worker-messages.ts';

/** A lock that a program has or waits for, on the thread of the scripts. It ends by itself, not with a run. */
export class ProgramLock implements LockOwner {
  /** Not the name of a condition. */
  readonly condition = '';
  readonly over = false;
  readonly id: number;
  readonly name: string;
  /** What has it, in words. */
  readonly by: string;
  cancel: () => void = () => {};

  constructor({ id, name, by }: LockOfProgram) {
    this.id = id;
    this.name = name;
    this.by = by;
  }
}

/** The locks of programs, beside those of scripts. */
export class ProgramLocks<O extends LockOwner> {
  readonly #locks: NamedLocks<O | ProgramLock>;
  readonly #report: (report: WorkerReport) => void;
  readonly #describe: (owner: O) => string;
  readonly #programs = new Map<number, ProgramLock>();

  /** @param describe a script that has a lock, in words */
  constructor(
    locks: NamedLocks<O | ProgramLock>,
    report: (report: WorkerReport) => void,
    describe: (owner: O) => string,
  ) {
    this.#locks = locks;
    this.#report = report;
    this.#describe = describe;
  }

  /** Waits for a lock. Reports that it waits, if the lock is not free, and when it has it. */
  take(request: LockOfProgram): void {
    const { id, name } = request;
    const lock = new ProgramLock(request);
    this.#programs.set(id, lock);
    const owner = this.#locks.ownerOf(name);
    if (owner !== undefined) this.#report({ what: 'lock', id, holder: this.#nameOf(owner) });
    lock.cancel = this.#locks.wait(name, lock, () => this.#report({ what: 'lock', id, holder: undefined }));
  }

  /** Releases a lock, or ends the wait for it. */
  leave(id: number): void {
    const lock = this.#programs.get(id);
    if (lock === undefined) return;
    this.#programs.delete(id);
    if (this.#locks.ownerOf(lock.name) === lock) this.#locks.release(lock.name);
    else lock.cancel();
  }

  #nameOf(owner: O | ProgramLock): string {
    return owner instanceof ProgramLock ? owner.by : this.#describe(owner);
  }
}
