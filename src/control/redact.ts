import { isSecretName, REDACTED, SECRET_PATTERNS } from './secret-patterns.ts';

export { isSecretName as secretName, REDACTED as MASK } from './secret-patterns.ts';

/** A text without the secrets that can be recognised in it. `found` gets each of them. */
export const redactText = (text: string, found?: (secret: string) => void): string =>
  SECRET_PATTERNS.reduce(
    (masked, shape) =>
      masked.replace(shape, (all: string, before: string) => {
        const secret = all.slice(before.length);
        // What an earlier shape has masked stays as it is.
        if (secret.includes(REDACTED) && secret.replace(/^\W+|\W+$/g, '') === '') return all;
        // One of several values of an assignment may stand elsewhere by itself.
        for (const one of found ? [secret, ...(secret.match(/"[^"\n]*"|'[^'\n]*'/g) ?? [])] : [])
          found?.(unquoted(one));
        return `${before}${REDACTED}`;
      }),
    text,
  );

/** A value without its quotation marks. */
const unquoted = (value: string): string => value.replace(/^\\*["']|\\*["']$|^\[=*\[|\]=*\]$/g, '');

/** Whether a value is hardly a word of the language, so that it can be looked for elsewhere. */
const isDistinctive = (value: string): boolean =>
  value.length >= 6 && !value.includes(REDACTED) && (value.length >= 12 || /[\d\W_]|[a-z][A-Z]/.test(value));

/** Programs with a password right behind -p. */
const PASSWORD_AFTER_P = /(?:^|[/\\])(?:mysql|mariadb)[a-z]*$|(?:^|[/\\])(?:7z|7za|rar|unrar|sshpass)$/i;

/** Takes the secrets out of a value, and remembers them: they may stand elsewhere too. */
export class Redactor {
  readonly #secrets = new Set<string>();

  /** Masks what is named like a secret or looks like one; `name` is that of the value. */
  redact(value: unknown, name = ''): unknown {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
      if (!isSecretName(name)) return typeof value === 'string' ? redactText(value, this.#found) : jsonNumber(value);
      // Short ones are words of the language as well.
      if (String(value).length >= 6) this.#secrets.add(String(value));
      return value === '' ? '' : REDACTED;
    }
    if (Array.isArray(value)) return this.#list(value, name);
    if (typeof value !== 'object' || value === null) return value;
    const { command } = value as { readonly command?: unknown };
    const behindP = typeof command === 'string' && PASSWORD_AFTER_P.test(command);
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        behindP && Array.isArray(inner) ? this.#list(inner, key, true) : this.redact(inner, key),
      ]),
    );
  }

  /** Remembers the secrets of texts, and of what programs and scripts have told, which are mappings of their own. */
  collectSecrets(value: unknown): void {
    if (typeof value === 'string') redactText(value, this.#found);
    else if (Array.isArray(value)) for (const inner of value) this.collectSecrets(inner);
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'message') this.redact(inner);
        this.collectSecrets(inner);
      }
  }

  /** Masks what looks like a secret, and each place where a known one stands, in anything that JSON can hold. */
  redactEverywhere<T>(value: T): T {
    this.collectSecrets(value);
    const secrets = [...this.#secrets]
      .flatMap((secret) => [...new Set([secret, JSON.stringify(secret).slice(1, -1), encoded(secret)])])
      .sort((a, b) => b.length - a.length);
    const text = (inner: string): string =>
      redactText(secrets.reduce((rest, secret) => rest.split(secret).join(REDACTED), inner));
    const walk = (inner: unknown): unknown => {
      if (typeof inner === 'string') return text(inner);
      if (Array.isArray(inner)) return inner.map(walk);
      if (typeof inner !== 'object' || inner === null) return inner;
      return Object.fromEntries(
        Object.entries(inner).map(([key, one]) => [key, walk(key === 'message' ? this.redact(one) : one)]),
      );
    };
    return walk(value) as T;
  }

  readonly #found = (secret: string): void => {
    if (isDistinctive(secret)) this.#secrets.add(secret);
  };

  /** `["--password", "x", "-u", "me:x", "TOKEN=x"]`: what stands behind such words is a secret. */
  #list(values: readonly unknown[], name: string, behindP = false): unknown[] {
    return values.map((value, i) => {
      if (behindP && typeof value === 'string' && /^-p./s.test(value))
        return `-p${this.redact(value.slice(2), 'secret')}`;
      const before = values[i - 1];
      const option = typeof before === 'string' && /^--?[A-Za-z][\w-]*$/.test(before) ? before.replace(/^-+/, '') : '';
      if (isSecretName(option)) return this.redact(value, option);
      const [, kept, secret] = (typeof value === 'string' && splitSecret(value, String(before))) || [];
      if (kept === undefined || secret === undefined) return this.redact(value, name);
      return `${kept}${this.redact(secret, 'secret')}`;
    });
  }
}

/** A word of a command of which only the end is a secret: `me:x` after an option for users, `TOKEN=x`. */
const splitSecret = (word: string, before: string): RegExpExecArray | null => {
  if (/^-H$|^--header$/.test(before)) {
    const header = /^([^:]+:\s*(?:[A-Za-z]+\s+)?)(\S.*)$/s.exec(word);
    return header && isSecretName(header[1]!.replace(/:.*/s, '')) ? header : null;
  }
  if (/^(?:-[uU]|--(?:proxy-)?user)$/.test(before)) return /^([^\s:%]+[:%])(.+)$/s.exec(word);
  const named = /^(-{0,2}([A-Za-z][\w.-]*)=)(.+)$/s.exec(word);
  return named && isSecretName(named[2]!) ? /^([^=]+=)(.+)$/s.exec(word) : null;
};

const encoded = (secret: string): string => {
  try {
    return encodeURIComponent(secret);
  } catch {
    return secret;
  }
};

/** JSON has no integers of any size. */
const jsonNumber = (value: number | bigint): number | string =>
  typeof value === 'bigint' && (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER)
    ? String(value)
    : Number(value);
