import { stringify } from '../check-arguments.ts';
import type { Json } from '../journal/fact.ts';
import { LEVELS, type Level } from '../log/record.ts';

/** Where the parts of an answer go. The client may be slow, and may disconnect. */
export interface ResponseStream {
  /** Sends a part. Returns false when the client does not read: the part is lost. */
  send(part: unknown): boolean;
  /** Aborted when the connection is closed, or has to be. */
  readonly closed: AbortSignal;
  /** Resolves when parts can be sent again, or the connection is closed. */
  drained(): Promise<void>;
}

/**
 * The version of the protocol, which `hello` answers. A request, a field of a request, a key of an answer or a kind of part that is new does
 * not raise it; one that is gone or means something else does.
 */
export const PROTOCOL = 1;

/** What a field of a request may hold. */
interface FieldTypes {
  text: string;
  kind: NameKind;
  texts: readonly string[];
  'text or texts': string | readonly string[];
  json: Json;
  action: StateAction;
  flag: boolean;
  number: number;
  level: Level;
}

/** The kinds of names. */
export const NAME_KINDS = ['condition', 'event', 'item', 'topic'] as const;
/** One of {@link NAME_KINDS}. */
export type NameKind = (typeof NAME_KINDS)[number];

/** What can be done with a shared state. */
export const STATE_ACTIONS = ['get', 'set', 'remove', 'list'] as const;
/** One of {@link STATE_ACTIONS}. */
export type StateAction = (typeof STATE_ACTIONS)[number];

interface FieldRow {
  readonly type: keyof FieldTypes;
  readonly required?: true;
  readonly help: string;
}

/** The requests of the control socket: the server, the client and the manual read this table. */
export const REQUESTS = {
  hello: {
    help: 'What runs: the version of the protocol and of the program, the process, the file, the requests.',
    fields: {},
  },
  status: {
    help: 'What runs, what is due, what is suspended, and why.',
    fields: { conditions: { type: 'texts', help: 'only these' } },
  },
  story: {
    help: 'What happened to items, or because of causes; oldest first.',
    fields: {
      items: { type: 'texts', required: true, help: 'names, section/name, or ids of causes and runs' },
      count: { type: 'number', help: 'the last ones only; 0: all' },
    },
  },
  explain: {
    help: 'Why a condition did or did not run; newest first.',
    fields: {
      condition: { type: 'text', required: true, help: 'its name' },
      count: { type: 'number', help: 'the last ones only; 0: all' },
    },
  },
  output: {
    help: 'What the last run of an item wrote, or the run that is under way.',
    fields: {
      item: { type: 'text', required: true, help: 'its name; task/NAME or condition/NAME' },
      follow: { type: 'flag', help: 'what it writes comes as parts, until its run ends' },
    },
  },
  events: {
    help: 'The events of a topic, or the topics there are.',
    fields: {
      topic: { type: 'text', help: 'its name' },
      count: { type: 'number', help: 'the last ones only; 0: all' },
      follow: { type: 'flag', help: 'each later event is a part' },
      later: { type: 'flag', help: 'with follow: only later ones' },
    },
  },
  logs: {
    help: 'The last log records, oldest first.',
    fields: {
      level: { type: 'level', help: 'this one and more severe ones' },
      item: { type: 'text', help: 'only about this item' },
      since: { type: 'number', help: 'not older, ms since 1970' },
      count: { type: 'number', help: 'the last ones only; 0: all' },
      follow: { type: 'flag', help: 'each later record is a part' },
      later: { type: 'flag', help: 'with follow: only later ones' },
    },
  },
  near: {
    help: 'Whether a name is known, and which known names are similar.',
    fields: {
      word: { type: 'text', required: true, help: 'the name' },
      among: { type: 'kind', required: true, help: 'condition, event, item or topic' },
    },
  },
  ctl: {
    help: 'Gives an input command; the end is its result. A command that takes time is accepted by a part.',
    fields: {
      line: { type: 'text', required: true, help: 'as on standard input' },
      traceparent: { type: 'text', help: 'of W3C Trace Context: what follows is linked to that span' },
      baggage: { type: 'text', help: 'of W3C Baggage: programs that follow from it get it' },
    },
  },
  log_event: {
    help: 'Publishes a value under topics; the end is the result, as of ctl.',
    fields: {
      topics: { type: 'text or texts', required: true, help: 'names of topics' },
      value: { type: 'json', required: true, help: 'any JSON' },
      fleet: { type: 'flag', help: 'on all machines of the fleet' },
    },
  },
  state: {
    help: 'Reads or changes the shared states of Lua scripts.',
    fields: {
      action: { type: 'action', required: true, help: 'get, set, remove or list' },
      name: { type: 'text', help: 'its name; needed, except for list' },
      key: { type: 'text', help: 'one key of it; absent: all of it' },
      value: { type: 'json', help: 'for set: a text, a boolean, a number; without a key an object of these' },
    },
  },
  lock: {
    help: 'Takes a lock of Lua scripts, and holds it until the connection is closed; parts say that it waits, and that it has it.',
    fields: {
      name: { type: 'text', required: true, help: 'its name' },
      wait: { type: 'number', help: 'how long to wait for it, ms; 0: not at all; absent: as long as it takes' },
      by: { type: 'text', help: 'what takes it, in words, for others who wait' },
    },
  },
  vitals: { help: 'How the process is: memory, the event loop, how late the last ticks were.', fields: {} },
  environment: {
    help: 'The PATH of the instance, the names of its variables, and what programs of a condition get of them.',
    fields: { condition: { type: 'text', required: true, help: 'its name' } },
  },
  dump: { help: 'A bug report.', fields: {} },
} as const satisfies Readonly<
  Record<string, { readonly help: string; readonly fields: Readonly<Record<string, FieldRow>> }>
>;

/** The names of {@link REQUESTS}. */
export type RequestName = keyof typeof REQUESTS;

type Fields<K extends RequestName> = (typeof REQUESTS)[K]['fields'];
type Value<F> = F extends { readonly type: infer T extends keyof FieldTypes } ? FieldTypes[T] : never;
type RequiredKeys<F> = { [K in keyof F]: F[K] extends { readonly required: true } ? K : never }[keyof F];

/** A request of one name with its fields. */
export type RequestOf<K extends RequestName> = { readonly request: K } & {
  readonly [F in RequiredKeys<Fields<K>>]: Value<Fields<K>[F]>;
} & { readonly [F in Exclude<keyof Fields<K>, RequiredKeys<Fields<K>>>]?: Value<Fields<K>[F]> };

/** Any request. */
export type Request = { [K in RequestName]: RequestOf<K> }[RequestName];

/** Whether an answer may take any time: a space comes at once in front of its first line, which shows that it has begun. */
export const takesTime = (request: Request): boolean => 'follow' in request || request.request === 'lock';

/** Longest line of a request, in bytes. */
export const MAX_REQUEST_BYTES = 1 << 16;

/** One line of an answer: parts come first, then one end or one error. */
export type Reply = { readonly part: unknown } | { readonly done: unknown } | { readonly error: string };

/** Thrown for an invalid request. The message is sent to the client. */
export class InvalidRequestError extends Error {}

/** What a field may hold, for messages. */
const WANTED: { readonly [T in keyof FieldTypes]: string } = {
  text: 'a text',
  texts: 'a list of texts',
  'text or texts': 'a text or a list of texts',
  json: 'any JSON',
  action: `one of ${STATE_ACTIONS.join(', ')}`,
  flag: 'true or false',
  number: 'a number, 0 or more',
  level: `one of ${LEVELS.join(', ')}`,
  kind: `one of ${NAME_KINDS.join(', ')}`,
};

const isText = (x: unknown): x is string => typeof x === 'string';
const areTexts = (x: unknown): boolean => Array.isArray(x) && x.every(isText);

const FITS: { readonly [T in keyof FieldTypes]: (x: unknown) => boolean } = {
  text: isText,
  texts: areTexts,
  'text or texts': (x) => isText(x) || areTexts(x),
  json: (x) => x !== undefined,
  action: (x) => STATE_ACTIONS.includes(x as StateAction),
  flag: (x) => typeof x === 'boolean',
  number: (x) => typeof x === 'number' && Number.isFinite(x) && x >= 0,
  level: (x) => LEVELS.includes(x as Level),
  kind: (x) => NAME_KINDS.includes(x as NameKind),
};

/** @throws InvalidRequestError */
const parseObject = (line: string): Readonly<Record<string, unknown>> => {
  try {
    const found: unknown = JSON.parse(line);
    if (typeof found === 'object' && found !== null && !Array.isArray(found)) return { ...found };
  } catch {
    // Not JSON.
  }
  throw new InvalidRequestError('a request is one JSON object on one line');
};

/** Parses one line. @throws InvalidRequestError that says what is wrong with it. */
export const parseRequest = (line: string): Request => {
  const found = parseObject(line);
  const { request, ...rest } = found;
  const names = Object.keys(REQUESTS);
  if (typeof request !== 'string' || !Object.hasOwn(REQUESTS, request))
    throw new InvalidRequestError(`unknown request ${stringify(request)?.slice(0, 80)} (known: ${names.join(', ')})`);
  const fields: Readonly<Record<string, FieldRow>> = REQUESTS[request as RequestName].fields;
  for (const [key, value] of Object.entries(rest)) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (!field) throw new InvalidRequestError(`${request}: unknown field "${key.slice(0, 80)}"`);
    if (!FITS[field.type](value)) throw new InvalidRequestError(`${request}: ${key} has to be ${WANTED[field.type]}`);
  }
  for (const [key, { required }] of Object.entries(fields))
    if (required && rest[key] === undefined) throw new InvalidRequestError(`${request}: ${key} is missing`);
  return found as Request;
};

/** A message as one line of the socket. */
export const encodeMessage = (message: Request | Reply): string => `${JSON.stringify(message)}\n`;
