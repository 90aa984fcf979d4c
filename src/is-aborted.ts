/** Whether a signal was aborted, also while something was waited for. */
export const isAborted = (signal: AbortSignal): boolean => signal.aborted;
