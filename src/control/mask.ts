import { MASK, SHAPES, secretName } from './secret-shapes.ts';

export { MASK, secretName } from './secret-shapes.ts';

/** A text without the secrets that can be recognised in it. `found` gets each of them. */
export const maskText = (text: string, found?: (secret: string) => void): string =>
  SHAPES.reduce(
    (masked, shape) =>
      masked.replace(shape, (all: string, before: string) => {
        const secret = all.slice(before.length);
        // What an earlier shape has masked stays as it is.
        if (secret.includes(MASK) && secret.replace(/^\W+|\W+$/g, '') === '') return all;
        // One of several values of an assignment may stand elsewhere by itself.
        for (const one of found ? [secret, ...(secret.match(/"[^"\n]*"|'[^'\n]*'/g) ?? [])] : []) found?.(bare(one));
        return `${before}${MASK}`;
      }),
    text,
  );

/** A value without its quotation marks. */
const bare = (value: string): string => value.replace(/^\\*["']|\\*["']$|^\[=*\[|\]=*\]$/g, '');

/** Whether a value is hardly a word of the language, so that it can be looked for elsewhere. */
const peculiar = (value: string): boolean =>
  value.length >= 6 && !value.includes(MASK) && (value.length >= 12 || /[\d\W_]|[a-z][A-Z]/.test(value));

/** Programs with a password right behind -p. */
const BEHIND_P = /(?:^|[/\\])(?:mysql|mariadb)[a-z]*$|(?:^|[/\\])(?:7z|7za|rar|unrar|sshpass)$/i;

/** Takes the secrets out of a value, and remembers them: they may stand elsewhere too. */
export class Masker {
  readonly #secrets = new Set<string>();

  /** Masks what is named like a secret or looks like one; `name` is that of the value. */
  mask(value: unknown, name = ''): unknown {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
      if (!secretName(name)) return typeof value === 'string' ? maskText(value, this.#found) : shown(value);
      // Short ones are words of the language as well.
      if (String(value).length >= 6) this.#secrets.add(String(value));
      return value === '' ? '' : MASK;
    }
    if (Array.isArray(value)) return this.#list(value, name);
    if (typeof value !== 'object' || value === null) return value;
    const { command } = value as { readonly command?: unknown };
    const behindP = typeof command === 'string' && BEHIND_P.test(command);
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        behindP && Array.isArray(inner) ? this.#list(inner, key, true) : this.mask(inner, key),
      ]),
    );
  }

  /** Remembers the secrets of texts, and of what programs and scripts have told, which are mappings of their own. */
  learn(value: unknown): void {
    if (typeof value === 'string') maskText(value, this.#found);
    else if (Array.isArray(value)) for (const inner of value) this.learn(inner);
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'message') this.mask(inner);
        this.learn(inner);
      }
  }

  /** Masks what looks like a secret, and each place where a known one stands, in anything that JSON can hold. */
  everywhere<T>(value: T): T {
    this.learn(value);
    const secrets = [...this.#secrets]
      .flatMap((secret) => [...new Set([secret, JSON.stringify(secret).slice(1, -1), encoded(secret)])])
      .sort((a, b) => b.length - a.length);
    const text = (inner: string): string =>
      maskText(secrets.reduce((rest, secret) => rest.split(secret).join(MASK), inner));
    const walk = (inner: unknown): unknown => {
      if (typeof inner === 'string') return text(inner);
      if (Array.isArray(inner)) return inner.map(walk);
      if (typeof inner !== 'object' || inner === null) return inner;
      return Object.fromEntries(
        Object.entries(inner).map(([key, one]) => [key, walk(key === 'message' ? this.mask(one) : one)]),
      );
    };
    return walk(value) as T;
  }

  readonly #found = (secret: string): void => {
    if (peculiar(secret)) this.#secrets.add(secret);
  };

  /** `["--password", "x", "-u", "me:x", "TOKEN=x"]`: what stands behind such words is a secret. */
  #list(values: readonly unknown[], name: string, behindP = false): unknown[] {
    return values.map((value, i) => {
      if (behindP && typeof value === 'string' && /^-p./s.test(value))
        return `-p${this.mask(value.slice(2), 'secret')}`;
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
  if (/^-H$|^--header$/.test(before)) {
    const header = /^([^:]+:\s*(?:[A-Za-z]+\s+)?)(\S.*)$/s.exec(word);
    return header && secretName(header[1]!.replace(/:.*/s, '')) ? header : null;
  }
  if (/^(?:-[uU]|--(?:proxy-)?user)$/.test(before)) return /^([^\s:%]+[:%])(.+)$/s.exec(word);
  const named = /^(-{0,2}([A-Za-z][\w.-]*)=)(.+)$/s.exec(word);
  return named && secretName(named[2]!) ? /^([^=]+=)(.+)$/s.exec(word) : null;
};

const encoded = (secret: string): string => {
  try {
    return encodeURIComponent(secret);
  } catch {
    return secret;
  }
};

/** JSON has no integers of any size. */
const shown = (value: number | bigint): number | string =>
  typeof value === 'bigint' && (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER)
    ? String(value)
    : Number(value);
