import { sendRequest } from '../adapters/control-client.ts';
import { socketPath } from '../adapters/socket-path.ts';
import { answerQuery } from '../control/queries.ts';
import type { NameKind, Request } from '../control/request.ts';
import type { NameSuggestions } from '../control/suggest.ts';
import { printedJson } from '../log/one-line.ts';
import { isoInstant } from '../terminal/instant.ts';
import { formatUnknown } from '../terminal/unknown.ts';
import { openSource } from './source.ts';
import { countOption, writeStderr } from './values.ts';

/** The options of a command that asks, by their long names in camel case. */
export type CliOptions = Readonly<Record<string, string | boolean | undefined>>;

/** What a command that asks ends with. */
export const [FOUND, NOTHING, CANNOT, NOT_RUNNING] = [0, 1, 2, 3] as const;

/** Instants in JSON are written as `next --json` writes them. */
const INSTANTS = new Set(['time', 'lastTime', 'next', 'now', 'started', 'last', 'asOf']);

/** An answer as one line of JSON. */
export const jsonLine = (value: unknown): string =>
  `${printedJson(JSON.stringify(value, (key, inner: unknown) => (INSTANTS.has(key) && typeof inner === 'number' ? isoInstant(inner) : inner)))}\n`;

/** The file a command reads instead of asking; undefined: it asks. */
export const sourceFile = ({ from }: CliOptions): string | undefined => (typeof from === 'string' ? from : undefined);

/** Asks a file if one is given, else the running instance; parts come as they come. */
export const send = async (
  request: Request,
  given: CliOptions,
  part: (part: unknown) => void = () => {},
  signal?: AbortSignal,
): Promise<unknown> => {
  const from = sourceFile(given);
  return from === undefined
    ? sendRequest(socketPath(), request, part, signal)
    : answerQuery(await openSource(from), request);
};

/** The `count` of a request. */
export const countField = (given: CliOptions) => ({ count: countOption('count', given.count, 0) });

/** Whether a name is known to who was asked; what to say about it if not. */
export const unknownName = async (word: string, among: NameKind, given: CliOptions): Promise<string | undefined> => {
  const answer = (await send({ request: 'near', word, among }, given)) as NameSuggestions;
  return answer.known ? undefined : formatUnknown(word, among, answer);
};

/** Says on standard error which of some names are none; answers whether there were any. */
export const printUnknown = async (words: readonly string[], among: NameKind, given: CliOptions): Promise<boolean> => {
  let any = false;
  for (const word of words) {
    const text = await unknownName(word, among, given);
    if (text === undefined) continue;
    any = true;
    writeStderr(text);
  }
  return any;
};
