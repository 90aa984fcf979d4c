/** Replaces a secret. */
export const REDACTED = '•••';

/** Names of secrets. */
const SECRET =
  /(?<!com|by|tres|sur|over|under)pass(?:word|wd|phrase|code)?$|passw|secret|token|credential|api_?-?key|private_?-?key|access_?-?key|account_?-?key|subscription_?-?key|signing_?-?key|encryption_?-?key|webhook|(?:^|[_-])(?:pw|pwd|pat|psk|auth|authorization|bearer|cookies?|creds?|jwt|pin|otp|key|sas|sig|dsn)(?:$|[_-])/i;

/** Whether a value under this name is a secret. */
export const isSecretName = (name: string): boolean => SECRET.test(name);

/** A quotation mark, in JSON within JSON with backslashes. */
const QUOTE = String.raw`\\*["']`;
/** Text in quotation marks. */
const QUOTED = String.raw`(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)`;
/** A value after a name: text in quotation marks or in long brackets of Lua, a list of such texts, else up to a blank. */
const VALUE = String.raw`(?:(?<quote>\\+["'])[\s\S]*?(?:(?<!\\)\k<quote>|$)|${QUOTED}|\[\s*${QUOTED}(?:\s*,\s*${QUOTED})*\s*\]?|\[(?<level>=*)\[[\s\S]*?(?:\]\k<level>\]|$)|[^\s"'&,;<>\\]+)`;
/** Names in texts that always mean a secret. */
const NAMED =
  '(?:(?<!com|by|tres|sur|over|under)pass(?:word|wd|phrase|code)?|secret|token|credentials?|api[_-]?key|private[_-]?key|access[_-]?key|account[_-]?key|subscription[_-]?key|signing[_-]?key|encryption[_-]?key|pwd)';
/** Short words that mean a secret only at the end of a name. */
const ENDS = '(?:key|pat|pw|pwd|pass|psk|auth|pin|otp|sas|sig|dsn|jwt|creds?)';
/** The part of a command line before an option. */
const upTo = (option: string): string => String.raw`[^|;&\n]{0,200}?\s${option}`;

/** An option -p with a password that looks like one. */
const PASSWORD_OPTION = /((?:^|\s)-p)(?=[^\s]*\d)(?=[^\s]*[a-z])(?=[^\s]*[A-Z!#$%^&*+])[^\s"':/=,]{6,}(?=\s|$|["'])/g;
/** Keys as services hand them out. */
const SERVICE_KEYS =
  /()\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|gl(?:pat|dt|rt|ptt|soat)-[\w-]{16,}|glsa_\w{20,}|xox[abeprs]-[\w-]{10,}|xapp-[\w-]{10,}|sk-[\w-]{16,}|[srp]k_(?:live|test)_\w{10,}|whsec_[\w+/=]{10,}|A(?:KIA|SIA|GPA|ROA)[0-9A-Z]{12,}|AIza[\w-]{30,}|ya29\.[\w-]{20,}|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{30,}|hf_[A-Za-z0-9]{20,}|SG\.[\w-]{16,}\.[\w-]{16,}|do[opr]_v1_\w{20,}|shp(?:at|ca|pa|ss)_\w{20,}|dapi[0-9a-f]{30,}|lin_api_\w{20,}|ntn_\w{20,}|hv[sb]\.[\w-]{20,}|AT(?:ATT3x|BB)[\w=-]{16,}|HRKU-[\w-]{20,}|sq0[a-z]{3}-[\w-]{20,}|key-[0-9a-f]{32}|SK[0-9a-f]{32}|AGE-SECRET-KEY-1\w{20,}|\d{8,10}:AA[\w-]{30,}|eyJ[\w-]{10,}\.[\w-]+(?:\.[\w-]+)?)/g;

/** Shapes of secrets inside texts: what comes before the secret is kept. */
export const SECRET_PATTERNS: readonly RegExp[] = [
  // Keys, whole.
  /(-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----)[\s\S]*?(?=-----END|$)/g,
  // user:secret@host, :secret@host; a secret may hold an @
  /(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@]{0,200}:)[^\s/]+(?=@)/gi,
  // https://token@host, nats://token@host, ssh://longtoken1@host
  /(\b(?:https?|nats|tls):\/\/)[^\s/:@]{4,}(?=@)/gi,
  /(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/:@]{20,}(?=@)/gi,
  // user:secret@host without a scheme, which is not an address of mail and not an image
  /((?<![\w/.@:-])(?!(?:mailto|acct|sips?|xmpp|npm|jsr|pkg|to|from|b?cc|e?-?mail|contact|author|by|user|image):)[\w.+-]{1,64}:)[^\s:/@"']{4,200}(?=@(?!sha\d)[a-z\d])/gi,
  // curl -u user:secret, smbclient -U user%secret
  /((?:^|\s)(?:-[uU]\s*|(?:--user|--proxy-user)[\s=]+)["']?[^\s:%"'=-][^\s:%"']*[:%])[^\s"']+/g,
  // Authorization: token …, Cookie: …, X-Auth-Token: …: all of the header
  /(\b(?:proxy-)?authorization\\*["']?\s*[:=]\s*\\*["']?(?:[a-z]+\s+)?|\b(?:set-)?cookie\\*["']?\s*[:=]\s*\\*["']?|\bx-[a-z-]{0,30}(?:auth|key|token)[a-z-]{0,30}\\*["']?\s*:\s*\\*["']?)[^"'\r\n\\]+/gi,
  // Bearer …
  /(\b(?:bearer|basic|digest)\s+)[A-Za-z0-9+/_.=~-]{8,}/gi,
  // --password …, --db-token="two words", openssl -passin pass:…
  new RegExp(
    `((?:^|\\s)--?(?:[a-z\\d]{1,30}-){0,4}(?:${NAMED}|pat|auth|bearer|otp|pin|webhook)[\\s=]+)(?!-)${VALUE}`,
    'gi',
  ),
  // password = "a" .. "b", token: '…', api_key=…, ?access_token=…, ["X-Api-Key"] = …, \"password\":\"…\"
  new RegExp(
    `(${NAMED}[a-z\\d_]{0,20}(?:${QUOTE})?\\]?\\s*[:=]\\s*)${VALUE}(?:\\s*\\.\\.\\s*(?:"[^"]*"|'[^']*'))*`,
    'gi',
  ),
  // user, password = "a", "b"; token = (…"b"); secrets = { "a", "b" }; password = os.getenv(…) or "b"
  new RegExp(
    `(${NAMED}[a-z\\d_]{0,20}(?:\\s*,\\s*\\w{1,60}){0,9}(?:\\s+=(?!=)|=(?=\\s*[({]))[^"'\\n;&|]{0,80}?)(?:"[^"\\n]*"|'[^'\\n]*')(?:\\s*,\\s*(?:"[^"\\n]*"|'[^'\\n]*')(?!\\s*:))*`,
    'gi',
  ),
  // {"pw": …}
  new RegExp(`((?<!\\\\)${QUOTE}(?:pw|pat|psk|otp|jwt)${QUOTE}\\s*:\\s*)${VALUE}`, 'gi'),
  // GITHUB_PAT=…, DB_PW=…; deploy_key = "…"
  new RegExp(`(\\b(?:[A-Z][A-Z\\d]{0,30}_){0,6}(?:${ENDS.toUpperCase()})=)(?:"[^"]*"?|'[^']*'?|[^\\s"'&;]+)`, 'g'),
  new RegExp(`([_.-]${ENDS}(?:${QUOTE})?\\]?\\s*[:=]\\s*)(?=\\\\*["'[])${VALUE}`, 'gi'),
  /([?&;](?:key|sig|signature|auth|code|pin|otp|pass|pw|jwt|sid|session|x-amz-(?:signature|credential))=)[^\s"'&,;#]+/gi,
  // <password>…</password>, <key>password</key><string>…
  new RegExp(`(<[\\w:.-]{0,60}${NAMED}[\\w:.-]{0,60}(?:\\s[^<>]{0,300})?>\\s*(?:<!\\[CDATA\\[)?)[^<\\]]+`, 'gi'),
  new RegExp(`(<key>[^<]{0,60}${NAMED}[^<]{0,60}</key>\\s*<string>)[^<]+`, 'gi'),
  // Programs with short options for secrets: mysql -p…, sshpass -p …, redis-cli -a …, ldapsearch -w …
  new RegExp(`(\\b(?:mysql|mariadb)[a-z]*\\b${upTo('-p')})(?!\\s)${VALUE}`, 'gi'),
  new RegExp(
    `(\\b(?:docker|podman)\\s+login\\b${upTo('-p\\s*')}|\\bmosquitto_[a-z]+\\b${upTo('-P\\s*')})${VALUE}`,
    'g',
  ),
  new RegExp(`(\\b(?:7z|7za|unrar|rar|sshpass)\\b${upTo('-p\\s*')})${VALUE}`, 'gi'),
  new RegExp(
    `(\\b(?:redis-cli${upTo('-a\\s+')}|ldap[a-z]+${upTo('-w\\s+')}|(?:un)?zip${upTo('-P\\s*')}))${VALUE}`,
    'g',
  ),
  PASSWORD_OPTION,
  // SQL; .netrc; .pgpass
  new RegExp(`(\\bidentified\\s+(?:with\\s+\\S+\\s+)?by\\s+)${VALUE}`, 'gi'),
  new RegExp(`(\\b(?:login|account|machine)\\s+\\S{1,200}\\s+password\\s+)${VALUE}`, 'gi'),
  /((?<![^\s"'])[\w.*-]{1,200}:(?:\d{1,5}|\*):[\w.*-]{1,64}:[\w.*-]{1,64}:)[^\s"']+/g,
  // Hashes of passwords.
  /(\$(?:apr1|[1256y]|2[abxy]|argon2[a-z]{1,2})\$)[^\s:"']{8,}/g,
  // Addresses that are their own password.
  /(https?:\/\/(?:hooks\.slack\.com\/(?:services|workflows)|(?:[a-z]+\.)?discord(?:app)?\.com\/api\/webhooks|api\.telegram\.org|[\w.-]{1,100}\.webhook\.office\.com)\/)[^\s"']+/gi,
  // Keys as services hand them out.
  SERVICE_KEYS,
];

/** Most words and paths have none of these characters. */
const STRUCTURE = /[\s:=@$<%]/;
/** All that can match a text without them. */
const BARE_PATTERNS = [PASSWORD_OPTION, SERVICE_KEYS];

/** Replaces the secrets that are recognised in a text. `found` is called with each. */
export const redactText = (text: string, found?: (secret: string) => void): string =>
  (STRUCTURE.test(text) ? SECRET_PATTERNS : BARE_PATTERNS).reduce(
    (rest, pattern) =>
      rest.replace(pattern, (all: string, before: string) => {
        const secret = all.slice(before.length);
        // An earlier pattern has replaced it.
        if (secret.includes(REDACTED) && secret.replace(/^\W+|\W+$/g, '') === '') return all;
        // One of several values of an assignment may occur elsewhere by itself.
        for (const one of found ? [secret, ...(secret.match(/"[^"\n]*"|'[^'\n]*'/g) ?? [])] : [])
          found?.(unquoted(one));
        return `${before}${REDACTED}`;
      }),
    text,
  );

/** A value without its quotation marks. */
const unquoted = (value: string): string => value.replace(/^\\*["']|\\*["']$|^\[=*\[|\]=*\]$/g, '');

/** Replaces what says who asks in the addresses of a text: `nats://TOKEN@HOST`. */
export const redactAddresses = (text: string): string =>
  text.replace(/(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/"']+(?=@)/gi, `$1${REDACTED}`);

/** Whether a value is distinctive enough to be searched elsewhere: common words are not secrets. */
const isDistinctive = (value: string): boolean =>
  value.length >= 6 && !value.includes(REDACTED) && (value.length >= 12 || /[\d\W_]|[a-z][A-Z]/.test(value));

/** Programs whose option -p is followed by a password without a blank. */
const PASSWORD_AFTER_P = /(?:^|[/\\])(?:mysql|mariadb)[a-z]*$|(?:^|[/\\])(?:7z|7za|rar|unrar|sshpass)$/i;

/** Replaces the secrets in values and keeps them, because they may occur elsewhere too. */
export class Redactor {
  readonly #secrets = new Set<string>();
  /** How they can be written, for `mask`; undefined: to be made. */
  #forms: readonly string[] | undefined;

  /** Replaces values that are named like a secret or look like one. @param name the name of the value */
  redact(value: unknown, name = ''): unknown {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
      if (!isSecretName(name)) return typeof value === 'string' ? redactText(value, this.#found) : jsonNumber(value);
      // Short values may be common words.
      if (String(value).length >= 6) this.#add(String(value));
      return value === '' ? '' : REDACTED;
    }
    if (Array.isArray(value)) return this.#list(value, name);
    if (typeof value !== 'object' || value === null) return value;
    const { command } = value as { readonly command?: unknown };
    const afterP = typeof command === 'string' && PASSWORD_AFTER_P.test(command);
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        afterP && Array.isArray(inner) ? this.#list(inner, key, true) : this.redact(inner, key),
      ]),
    );
  }

  /** Collects the secrets of all texts, and of the mappings that programs and scripts send as messages of events. */
  collectSecrets(value: unknown): void {
    if (typeof value === 'string') redactText(value, this.#found);
    else if (Array.isArray(value)) for (const inner of value) this.collectSecrets(inner);
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'message') this.redact(inner);
        this.collectSecrets(inner);
      }
  }

  /** Replaces what looks like a secret, each other occurrence of it, and each known secret. */
  mask(text: string): string {
    this.#forms ??= formsOf(this.#secrets);
    const found = new Set<string>();
    const masked = redactText(without(text, this.#forms), (secret) => {
      if (isDistinctive(secret)) found.add(secret);
    });
    return found.size === 0 ? masked : without(masked, formsOf(found));
  }

  /** Replaces what looks like a secret, and each occurrence of a known secret, in anything that JSON can hold. */
  redactEverywhere<T>(value: T): T {
    this.collectSecrets(value);
    const secrets = formsOf(this.#secrets);
    const text = (inner: string): string => redactText(without(inner, secrets));
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
    if (isDistinctive(secret)) this.#add(secret);
  };

  #add(secret: string): void {
    this.#secrets.add(secret);
    this.#forms = undefined;
  }

  /** `["--password", "x", "-u", "me:x", "TOKEN=x"]`: the words after such options are secrets. */
  #list(values: readonly unknown[], name: string, afterP = false): unknown[] {
    return values.map((value, i) => {
      if (afterP && typeof value === 'string' && /^-p./s.test(value))
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

/** How secrets can be written, the longest first: as they are, within JSON and within an address. */
const formsOf = (secrets: ReadonlySet<string>): readonly string[] =>
  [...secrets]
    .flatMap((secret) => [...new Set([secret, JSON.stringify(secret).slice(1, -1), encoded(secret)])])
    .sort((a, b) => b.length - a.length);

const without = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((rest, secret) => rest.split(secret).join(REDACTED), text);

const encoded = (secret: string): string => {
  try {
    return encodeURIComponent(secret);
  } catch {
    return secret;
  }
};

/** A number for JSON, which cannot hold integers of any size. */
const jsonNumber = (value: number | bigint): number | string =>
  typeof value === 'bigint' && (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER)
    ? String(value)
    : Number(value);
