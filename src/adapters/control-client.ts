import { lstatSync } from 'node:fs';
import { connect } from 'node:net';
import { encodeMessage, type Reply, type Request, takesTime } from '../control/request.ts';
import { codeOf, messageOf } from '../error-message.ts';
import { type CancelSignal, onAbort } from '../subscription.ts';
import { ConnectionLostError, NoAnswerError, NotRunningError, RequestRefusedError } from './control-errors.ts';
import { unsafeSocketDirectory } from './socket-path.ts';

/** How long the instance may take to answer, in ms: a busy one is slow, a stopped one silent. */
const ANSWER_MS = 5000;

const NEWLINE = 0x0a;

/** One line of an answer. @throws Refused when it is none. */
const readReply = (line: string, path: string): Reply => {
  try {
    const found: unknown = JSON.parse(line);
    if (typeof found === 'object' && found !== null)
      if ('part' in found || 'done' in found || ('error' in found && typeof found.error === 'string'))
        return found as Reply;
  } catch {
    // Not JSON.
  }
  throw new RequestRefusedError(`what answers at ${path} is not an instance of whenever`);
};

/** Refuses a socket that another user has made, or could have. @throws NotRunningError, RequestRefusedError */
const checkSocket = (path: string): void => {
  if (process.platform === 'win32') return;
  const unsafe = unsafeSocketDirectory(path);
  if (unsafe !== undefined) throw new RequestRefusedError(unsafe);
  let owner: number;
  try {
    owner = lstatSync(path).uid;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new NotRunningError(path);
    throw new RequestRefusedError(messageOf(error));
  }
  if (owner !== process.getuid?.()) throw new RequestRefusedError(`${path} belongs to another user`);
};

/** Why the connection to the socket failed. */
const connectionError = (path: string, { code, message }: NodeJS.ErrnoException): Error => {
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return new NotRunningError(path);
  if (code === 'EACCES' || code === 'EPERM')
    return new RequestRefusedError('the running instance belongs to another user');
  return new NoAnswerError(`the connection to the instance failed: ${code ?? message}`);
};

/** Returns a function that takes pieces of bytes and hands on whole lines, as long as `onLine` returns true. */
const splitLines = (onLine: (line: string) => boolean): ((bytes: Buffer) => void) => {
  let pieces: Buffer[] = [];
  return (bytes) => {
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      pieces.push(bytes.subarray(start, end));
      start = end + 1;
      // A long line is decoded as a whole.
      const line = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
      pieces = [];
      if (!onLine(line.toString())) return;
    }
    if (start < bytes.length) pieces.push(bytes.subarray(start));
  };
};

/** What is called while an answer comes. */
export interface AnswerListeners {
  /** Called with each part. */
  readonly onPart?: (part: unknown) => void;
  /** Called once, when the first bytes have come: what is followed has begun. @param finish asks for no more: the answer comes to its end */
  readonly onBegin?: (finish: () => void) => void;
}

/**
 * Sends a request to the running instance. Parts of the answer are handed to `onPart` as they come. Returns the end of the answer;
 * undefined when `signal` is aborted.
 * @throws NotRunningError, ConnectionLostError, NoAnswerError, or RequestRefusedError with the reason.
 */
export const callInstance = async (
  path: string,
  request: Request,
  listeners: AnswerListeners['onPart'] | AnswerListeners = {},
  signal?: CancelSignal,
): Promise<unknown> => {
  if (signal?.aborted) return undefined;
  const { onPart, onBegin } = typeof listeners === 'function' ? { onPart: listeners } : listeners;
  checkSocket(path);
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let forget = (): void => {};
    const settle = (act: () => void) => {
      clearTimeout(timer);
      forget();
      act();
      socket.destroy();
    };
    const fail = (error: unknown) => settle(() => reject(error as Error));
    const silent = `something listens at ${path}, but has not answered for ${ANSWER_MS / 1000} s: the instance is stopped (kill -CONT lets it go on), hangs, or is very busy`;
    const timer = setTimeout(() => fail(new NoAnswerError(silent)), ANSWER_MS);
    forget = onAbort(signal, () => settle(() => resolve(undefined)));
    let answered = takesTime(request);
    const onLine = (line: string): boolean => {
      const reply = readReply(line, path);
      if ('part' in reply) {
        // What a command causes may take any time.
        if (request.request === 'ctl') clearTimeout(timer);
        answered = true;
        onPart?.(reply.part);
        return !socket.destroyed;
      }
      if ('error' in reply) fail(new RequestRefusedError(reply.error));
      else settle(() => resolve(reply.done));
      return false;
    };
    const read = splitLines(onLine);
    socket.once('connect', () => socket.write(encodeMessage(request)));
    if (onBegin) socket.once('data', () => onBegin(() => socket.end()));
    socket.on('data', (bytes: Buffer) => {
      if (takesTime(request)) clearTimeout(timer);
      try {
        read(bytes);
      } catch (error) {
        fail(error);
      }
    });
    socket.once('error', (error) => fail(connectionError(path, error)));
    socket.once('close', () =>
      fail(answered ? new ConnectionLostError(path) : new NoAnswerError('the instance ended before it had answered')),
    );
  });
};
