import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Browsers that may be known at once; a newer one takes the place of the oldest. */
const MOST_SESSIONS = 64;

const secret = (): string => randomBytes(32).toString('base64url');
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** What a browser is let in by. Secrets are kept as digests, and compared in constant time. */
export class Access {
  /** Cookies do not know ports: each server has a name of its own. */
  readonly cookie: string;
  #token: Buffer | undefined;
  #sessions: Buffer[] = [];

  constructor(port: number) {
    this.cookie = `whenever-${port}`;
  }

  /** Makes the token of the next address, which takes the place of one that has not been used. */
  newToken(): string {
    const token = secret();
    this.#token = digestOf(token);
    return token;
  }
  /** Takes a token, which is valid once. Returns the value of the cookie; undefined: it is not valid. */
  exchange(token: string): string | undefined {
    const expected = this.#token;
    if (expected === undefined || !timingSafeEqual(digestOf(token), expected)) return undefined;
    this.#token = undefined;
    const session = secret();
    this.#sessions = [...this.#sessions, digestOf(session)].slice(-MOST_SESSIONS);
    return session;
  }
  /** Whether a `Cookie` header has the cookie of a session. */
  isKnown(header: string | undefined): boolean {
    const values = (header ?? '').split(';').flatMap((pair) => {
      const at = pair.indexOf('=');
      return pair.slice(0, at).trim() === this.cookie ? [digestOf(pair.slice(at + 1).trim())] : [];
    });
    // All are compared, whichever fits.
    return values.some((value) => this.#sessions.filter((session) => timingSafeEqual(session, value)).length > 0);
  }
}
