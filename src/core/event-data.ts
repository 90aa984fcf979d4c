/** The most characters of data that the command `trigger` takes. */
export const MOST_DATA = 60_000;
/** How deep they may be nested. */
const DEEPEST = 64;

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((one) => isDeeper(one, levels - 1)));

/** Why a text cannot be the data of an event; undefined: it can. The text itself may be secret: it is not repeated. */
export const dataProblem = (text: string): string | undefined =>
  jsonProblem('the data', text, 'a value such as {"any": "json"}');

/** Why a text cannot be a value that is published under a topic; undefined: it can. */
export const valueProblem = (text: string): string | undefined =>
  jsonProblem('the value', text, 'a value such as {"free": 12}, 12 or "a text" with its quotation marks');

const jsonProblem = (what: string, text: string, expected: string): string | undefined => {
  if (text.length > MOST_DATA) return `${what} has ${text.length} characters, at most ${MOST_DATA} are taken`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return `${what} is not valid JSON, expected ${expected}`;
  }
  return isDeeper(value, DEEPEST) ? `${what} is nested deeper than ${DEEPEST}` : undefined;
};

/** The arguments of `log_event`: a topic, a value in JSON, and an option before or after them. What is absent is empty. */
export const eventArguments = (
  text: string,
): { readonly topic: string; readonly value: string; readonly option: string } => {
  const before = /^--\S+/u.exec(text)?.[0] ?? '';
  const more = text.slice(before.length).trim();
  // A text in JSON ends in a quotation mark.
  const after = /\s(--[\w-]+)$/u.exec(more)?.[1] ?? '';
  const words = more.slice(0, more.length - after.length);
  const topic = /^\S*/u.exec(words)![0];
  return { topic, value: words.slice(topic.length).trim(), option: before || after };
};

/** What is wrong with the JSON in a command line, as in `trigger NAME {"a": 1}`; undefined: nothing, or it is another command. */
export const commandDataProblem = (line: string): string | undefined => {
  const [, word, name = '', rest = ''] = /^\s*(trigger|log_event)\s+(\S+)(\s.*)?$/su.exec(line) ?? [];
  const trigger = word === 'trigger';
  const data = trigger ? rest.trim() : eventArguments(`${name}${rest}`.trim()).value;
  if (data === '') return undefined;
  const wrong = trigger ? dataProblem(data) : valueProblem(data);
  // A second word of trigger is another mistake, which is reported when the command is given.
  return wrong !== undefined && (!trigger || looksLikeData(data)) ? `${word}: ${wrong}` : undefined;
};

/** Whether a text was meant as data, and not as another name. */
export const looksLikeData = (text: string): boolean => /^[[{"]/.test(text);
