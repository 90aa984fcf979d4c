/** Thrown when no instance is running. */
export class NotRunningError extends Error {
  override readonly name: string = 'NotRunningError';
  constructor(path: string) {
    super(`no instance is running (cannot connect to ${path})`);
  }
}

/** Thrown when the instance ends before its answer has. */
export class ConnectionLostError extends NotRunningError {
  override readonly name: string = 'ConnectionLostError';
  override message = 'the instance is gone: it was killed, or has crashed';
}

/** Thrown when the answer is an error; the message is the reason. */
export class RequestRefusedError extends Error {
  override readonly name: string = 'RequestRefusedError';
}

/** Thrown when there was no answer: something listens, but is stopped, hangs, or ended before it had answered. */
export class NoAnswerError extends RequestRefusedError {
  override readonly name: string = 'NoAnswerError';
}
