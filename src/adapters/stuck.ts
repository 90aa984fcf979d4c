/** Threads that do not end although they were asked to: a script waits for the system. */
export const stuckThreads = new Set<object>();

/** A thread of the system reads, writes or asks for an address. */
const IN_A_THREAD = /^(FSReq|GetAddrInfo|GetNameInfo)/;

/** True while the process could not end by itself: Node waits for its threads, and one may hang in the system for ever. */
export const isStuck = (): boolean =>
  stuckThreads.size > 0 || process.getActiveResourcesInfo().some((what) => IN_A_THREAD.test(what));
