import { socketPath } from '../adapters/socket-path.ts';
import type { NameSuggestions } from '../control/queries.ts';
import type { NameKind, Request } from '../control/request.ts';
import { oneLine, printedJson } from '../log/one-line.ts';
import { isoInstant } from '../terminal/instant.ts';
import { printMessage, writeAll } from './stdio.ts';
import type { OptionRow } from './subcommand.ts';

/** The exit statuses of the subcommands that query. */
export const [FOUND, NOTHING, INVALID, NOT_RUNNING] = [0, 1, 2, 3] as const;

/** Their meaning, for the manual. */
export const QUERY_STATUS =
  'Status 0: found; 1: there is nothing to show; 2: cannot be answered; 3: no instance is running.';

/** Options that all subcommands that query have. */
export type QueryOptions = { readonly json?: true; readonly from?: string };

/** Rows of {@link QueryOptions}. */
export const JSON_OPTION: OptionRow = { flags: '--json', help: 'JSON instead of a table or sentences' };
export const FROM_OPTION: OptionRow = {
  flags: '--from <FILE>',
  help: 'read a dump, a recording, or a JSON log instead of asking the running instance',
  path: true,
  itemsOf: 'recording',
};
export const followOption = (what: string): OptionRow => ({
  flags: '-f, --follow',
  help: `go on with ${what} as they come`,
});

/** Keys of answers whose numbers are instants: JSON on standard output has them as ISO 8601, as `next --json` does. */
const INSTANTS = new Set([
  'time',
  'lastTime',
  'next',
  'now',
  'started',
  'last',
  'asOf',
  'pausedUntil',
  'suspendedUntil',
]);

/** The same of the status of a condition. Elsewhere they may be keys of programs. */
export const STATUS_INSTANTS = ['since', 'until', 'earliest'] as const;

/** An answer as one line of JSON. @param more keys that are instants too */
export const answerJson = (value: unknown, more: readonly string[] = []): string => {
  const isInstant = (key: string): boolean => INSTANTS.has(key) || more.includes(key);
  const text = JSON.stringify(value, (key, inner: unknown) =>
    typeof inner === 'number' && isInstant(key) ? isoInstant(inner) : inner,
  );
  return `${printedJson(text)}\n`;
};

/** Sends a request to the running instance, or answers it from the file of `--from`. Returns the end of the answer. */
export const send = async (
  request: Request,
  { from }: QueryOptions,
  part: (part: unknown) => void = () => {},
  signal?: AbortSignal,
): Promise<unknown> => {
  if (from !== undefined) return (await import('./query-file.ts')).answerFromFile(from, request);
  const { callInstance } = await import('../adapters/control-client.ts');
  return callInstance(socketPath(), request, part, signal);
};

/** Prints parts of an answer until standard output is closed or the answer ends. */
export const follow = async <T>(request: Request, options: QueryOptions, format: (part: T) => string) => {
  const closed = new AbortController();
  const part = (found: unknown): void => {
    const { dropped } = found as { dropped?: number };
    const gap =
      dropped === undefined ? undefined : options.json ? answerJson(found) : `(${dropped} are missing here)\n`;
    if (!writeAll(1, gap ?? format(found as T))) closed.abort();
  };
  await send(request, options, part, closed.signal);
  return FOUND;
};

/** The command that is proposed for an item of another kind, as in `task/Backup`. */
type Proposal = (other: string) => string | undefined;

/** The message about an unknown name: what may have been meant, or the names there are. */
export const formatUnknown = (word: string, kind: NameKind, found: NameSuggestions, proposal?: Proposal): string => {
  const { hint, elsewhere, names, total } = found;
  const subject = kind === 'topic' ? `topic "${oneLine(word)}" has no events` : `no ${kind} "${oneLine(word)}"`;
  const [other] = elsewhere;
  if (other !== undefined) {
    const section = other.slice(0, other.indexOf('/'));
    return `${subject}, but there is ${section === 'event' ? 'an' : 'a'} ${section}: ${proposal?.(other) ?? `whenever story ${other}`}`;
  }
  if (hint !== '') return `${subject}${oneLine(hint)}`;
  if (total === 0) return `${subject}; there are no ${kind}s`;
  const more = total > names.length ? ` and ${total - names.length} more` : '';
  return `${subject} (known: ${oneLine(names.join(', '))}${more})`;
};

/** The message about a name, if it is unknown. */
export const unknownName = async (
  word: string,
  among: NameKind,
  options: QueryOptions,
  proposal?: Proposal,
): Promise<string | undefined> => {
  const found = (await send({ request: 'near', word, among }, options)) as NameSuggestions;
  return found.known ? undefined : formatUnknown(word, among, found, proposal);
};

/** Prints a message about each unknown name. Returns whether there were any. */
export const printUnknown = async (words: readonly string[], among: NameKind, options: QueryOptions) => {
  let any = false;
  for (const word of words) {
    const text = await unknownName(word, among, options);
    if (text === undefined) continue;
    any = true;
    printMessage(text);
  }
  return any;
};
