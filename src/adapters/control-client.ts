import { lstatSync } from 'node:fs';
import { connect } from 'node:net';
import { encodeMessage, type Reply, type Request } from '../control/request.ts';
import { unsafeSocketDirectory } from './socket-path.ts';

/** There is nobody to ask, or nobody any more. */
export class NotRunningError extends Error {
  constructor(path: string) {
    super(`no instance is running (nobody answers at ${path})`);
  }
}

/** The instance went while it was telling something. */
export class ConnectionLostError extends NotRunningError {
  override message = 'the instance is gone: it was killed, or has crashed';
}

/** The answer is an error; the text is for a person. */
export class RequestRefusedError extends Error {}

/** How long a running daemon may take for an answer, in ms; a busy one is slow, a stopped one silent. */
const PATIENCE_MS = 10_000;

/** One line of an answer. @throws Refused when it is none. */
const readReply = (line: string, path: string): Reply => {
  try {
    const found: unknown = JSON.parse(line);
    if (typeof found === 'object' && found !== null)
      if ('part' in found || 'done' in found || ('error' in found && typeof found.error === 'string'))
        return found as Reply;
  } catch {
    // No JSON at all.
  }
  throw new RequestRefusedError(`what answers at ${path} is no instance of whenever`);
};

/** A socket that another user has put there, or could have, is not asked. @throws NobodyThere, Refused */
const lookAt = (path: string): void => {
  if (process.platform === 'win32') return;
  const unsafe = unsafeSocketDirectory(path);
  if (unsafe !== undefined) throw new RequestRefusedError(unsafe);
  let owner: number;
  try {
    owner = lstatSync(path).uid;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new NotRunningError(path);
    throw new RequestRefusedError(error instanceof Error ? error.message : String(error));
  }
  if (owner !== process.getuid?.()) throw new RequestRefusedError(`${path} belongs to another user`);
};

/**
 * Asks the running instance. Parts of the answer are handed to `part` as they come; answers its end.
 * @throws NobodyThere, or Refused with the reason.
 */
export const sendRequest = async (
  path: string,
  request: Request,
  part: (part: unknown) => void = () => {},
  signal?: AbortSignal,
): Promise<unknown> => {
  lookAt(path);
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let pieces: string[] = [];
    const give = (settle: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', leave);
      settle();
      socket.destroy();
    };
    const fail = (error: Error) => give(() => reject(error));
    const leave = () => give(() => resolve(undefined));
    const timer = setTimeout(
      () =>
        fail(
          new RequestRefusedError(
            `something listens at ${path}, but has not answered for ${PATIENCE_MS / 1000} s: the instance is stopped, hangs, or is very busy`,
          ),
        ),
      PATIENCE_MS,
    );
    signal?.addEventListener('abort', leave, { once: true });
    let told = false;
    const line = (text: string): boolean => {
      const reply = readReply(text, path);
      if ('part' in reply) {
        // What a command causes may take any time.
        if (request.request === 'ctl') clearTimeout(timer);
        told = true;
        part(reply.part);
        return true;
      }
      if ('error' in reply) fail(new RequestRefusedError(reply.error));
      else give(() => resolve(reply.done));
      return false;
    };
    socket.setEncoding('utf8');
    socket.once('connect', () => socket.write(encodeMessage(request)));
    socket.on('data', (text: string) => {
      if ('follow' in request) clearTimeout(timer);
      const lines = text.split('\n');
      for (const piece of lines.slice(0, -1)) {
        pieces.push(piece);
        const whole = pieces.join('');
        pieces = [];
        try {
          if (!line(whole)) return;
        } catch (error) {
          return fail(error instanceof Error ? error : new Error(String(error)));
        }
      }
      pieces.push(lines.at(-1) ?? '');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') fail(new NotRunningError(path));
      else if (error.code === 'EACCES' || error.code === 'EPERM')
        fail(new RequestRefusedError('the running instance belongs to another user'));
      else fail(new RequestRefusedError(`the connection to the instance failed: ${error.code ?? error.message}`));
    });
    socket.once('close', () =>
      fail(
        told || 'follow' in request
          ? new ConnectionLostError(path)
          : new RequestRefusedError('the instance ended before it had answered'),
      ),
    );
  });
};
