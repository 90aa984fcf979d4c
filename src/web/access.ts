import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Browsers that may be known at once; a newer one takes the place of the oldest. */
const MOST_SESSIONS = 64;

const secret = (): string => randomBytes(32).toString('base64url');
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** What a browser is let in by. Secrets are kept as digests, and compared in constant time. */
export class Access {
  /** Cookies do not know ports: each server has a name of its own, which others cannot guess. */
  readonly cookie: string;
  /** The names of this port, also those of servers before. */
  readonly #names: RegExp;
  #token: Buffer | undefined;
  #sessions: Buffer[] = [];

  constructor(port: number) {
    this.cookie = `whenever-${port}-${randomBytes(12).toString('base64url')}`;
    this.#names = new RegExp(`^whenever-${port}-[\\w-]{16}$`);
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
  /** The `Set-Cookie` headers of a session. Cookies of ended servers of this port are removed: they would pile up in each request. */
  cookiesFor(session: string, header = ''): string[] {
    const names = new Set(header.split(';').map((pair) => pair.slice(0, Math.max(0, pair.indexOf('='))).trim()));
    const old = [...names].filter((name) => this.#names.test(name) && name !== this.cookie);
    const rules = 'HttpOnly; SameSite=Strict; Path=/';
    return [`${this.cookie}=${session}; ${rules}`, ...old.map((name) => `${name}=; Max-Age=0; ${rules}`)];
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
