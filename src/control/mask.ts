/** What stands in place of a secret. */
export const MASK = '•••';

/** Names of things that are nobody else's business. */
const SECRET =
  /(?<!com|by|tres|sur|over|under)pass(?:word|wd|phrase|code)?$|passw|secret|token|credential|api_?-?key|private_?-?key|access_?-?key|signing_?-?key|encryption_?-?key|webhook|(?:^|[_-])(?:pw|pwd|auth|authorization|bearer|cookies?|pin|otp|key|sas|sig|dsn)(?:$|[_-])/i;

/** Whether a value under this name is a secret. */
export const secretName = (name: string): boolean => SECRET.test(name);

/** A value after a name: all that stands in quotation marks, else up to a blank. */
const VALUE = String.raw`(?:"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s"'&,;]+)`;
/** Words of names in texts that nobody uses for anything else. */
const NAMED =
  '(?:(?<!com|by|tres|sur|over|under)pass(?:word|wd|phrase)?|secret|token|credentials?|api[_-]?key|private[_-]?key|access[_-]?key|pwd)';

/** Shapes of secrets inside texts: what comes before the secret is kept. */
const SHAPES: readonly RegExp[] = [
  // user:secret@host, :secret@host; a secret may hold an @
  /(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]{0,200}:)[^\s/]+(?=@)/gi,
  // curl -u user:secret, smbclient -U user%secret
  /((?:^|\s)(?:-u|-U|--user|--proxy-user)[\s=]+["']?[^\s:%"']+[:%])[^\s"']+/g,
  // Authorization: token …, Cookie: …, X-Auth-Token: …: all of the header
  /(\b(?:proxy-)?authorization["']?\s*[:=]\s*["']?(?:[a-z]+\s+)?|\b(?:set-)?cookie["']?\s*:\s*["']?|\bx-[a-z-]{0,30}(?:auth|key|token)[a-z-]{0,30}["']?\s*:\s*["']?)[^"'\r\n]+/gi,
  // Bearer …
  /(\b(?:bearer|basic|digest)\s+)[A-Za-z0-9+/_.=~-]{8,}/gi,
  // --password=…, token: "…", api_key = '…', ?key=…
  new RegExp(`(${NAMED}["']?\\]?\\s*[:=]\\s*)${VALUE}`, 'gi'),
  /([?&](?:key|sig|signature|auth|code|pin|otp)=)[^\s"'&,;#]+/gi,
  // --password …, sshpass -p …, openssl -passin pass:…
  /((?:^|\s)--?(?:[a-z]{1,30}-)?(?:pass(?:word|wd|phrase)?|secret|token|api-?key)\s+)[^\s"'-][^\s"']*/gi,
  /(\bsshpass\s+-p\s*)\S+/gi,
  // Addresses that are their own password.
  /(https?:\/\/(?:hooks\.slack\.com\/(?:services|workflows)|(?:[a-z]+\.)?discord(?:app)?\.com\/api\/webhooks|api\.telegram\.org)\/)[^\s"']+/gi,
  // Keys as some services hand them out.
  /()\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|sk-[\w-]{16,}|AKIA[0-9A-Z]{12,}|eyJ[\w-]{10,}\.[\w-]+\.[\w-]+)/g,
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(?=-----END|$)/g,
];

/** A text without the secrets that can be recognised in it. */
export const maskText = (text: string): string =>
  SHAPES.reduce((masked, shape) => masked.replace(shape, (_all, before: string) => `${before}${MASK}`), text);

/** Takes the secrets out of a value, and remembers them: they may stand elsewhere too. */
export class Masker {
  readonly #secrets = new Set<string>();

  /** Masks what is named like a secret or looks like one; `name` is that of the value. */
  mask(value: unknown, name = ''): unknown {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
      if (!secretName(name)) return typeof value === 'string' ? maskText(value) : shown(value);
      // Short ones are words of the language as well.
      if (String(value).length >= 6) this.#secrets.add(String(value));
      return value === '' ? '' : MASK;
    }
    if (Array.isArray(value)) return this.#list(value, name);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.mask(inner, key)]));
    return value;
  }

  /** Masks each place where one of the secrets stands, in anything that JSON can hold. */
  everywhere<T>(value: T): T {
    const secrets = [...this.#secrets].sort((a, b) => b.length - a.length);
    const walk = (inner: unknown): unknown => {
      if (typeof inner === 'string')
        return maskText(secrets.reduce((text, secret) => text.split(secret).join(MASK), inner));
      if (Array.isArray(inner)) return inner.map(walk);
      if (typeof inner === 'object' && inner !== null)
        return Object.fromEntries(Object.entries(inner).map(([key, one]) => [key, walk(one)]));
      return inner;
    };
    return walk(value) as T;
  }

  /** `["--password", "x", "-u", "me:x", "TOKEN=x"]`: what stands behind such words is a secret. */
  #list(values: readonly unknown[], name: string): unknown[] {
    return values.map((value, i) => {
      const before = values[i - 1];
      const option = typeof before === 'string' && /^--?[A-Za-z][\w-]*$/.test(before) ? before.replace(/^-+/, '') : '';
      if (secretName(option)) return this.mask(value, option);
      const [, kept, secret] = (typeof value === 'string' && behind(value, String(before))) || [];
      if (kept === undefined || secret === undefined) return this.mask(value, name);
      return `${kept}${this.mask(secret, 'secret')}`;
    });
  }
}

/** A word of a command of which only the end is a secret: `me:x` after an option for users, `TOKEN=x`. */
const behind = (word: string, before: string): RegExpExecArray | null => {
  if (/^(?:-[uU]|--(?:proxy-)?user)$/.test(before)) return /^([^\s:%]+[:%])(.+)$/s.exec(word);
  const named = /^(-{0,2}([A-Za-z][\w.-]*)=)(.+)$/s.exec(word);
  return named && secretName(named[2]!) ? /^([^=]+=)(.+)$/s.exec(word) : null;
};

/** JSON has no integers of any size. */
const shown = (value: number | bigint): number | string =>
  typeof value === 'bigint' && (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER)
    ? String(value)
    : Number(value);
