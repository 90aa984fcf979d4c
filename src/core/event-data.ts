/** The most characters of data that the command `trigger` takes. */
export const MOST_DATA = 60_000;
/** How deep they may be nested. */
const DEEPEST = 64;

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((one) => isDeeper(one, levels - 1)));

/** Why a text cannot be the data of an event; undefined: it can. The text itself may be secret: it is not repeated. */
export const dataProblem = (text: string): string | undefined => {
  if (text.length > MOST_DATA) return `the data has ${text.length} characters, at most ${MOST_DATA} are taken`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'the data is not valid JSON, expected a value such as {"any": "json"}';
  }
  return isDeeper(value, DEEPEST) ? `the data is nested deeper than ${DEEPEST}` : undefined;
};

/** What is wrong with the data in a command line, as in `trigger NAME {"a": 1}`; undefined: nothing, or it is another command. */
export const triggerProblem = (line: string): string | undefined => {
  const data = /^\s*trigger\s+\S+\s+(\S.*?)\s*$/su.exec(line)?.[1];
  const wrong = data === undefined ? undefined : dataProblem(data);
  // A second word is another mistake, which is reported when the command is given.
  return wrong !== undefined && looksLikeData(data!) ? `trigger: ${wrong}` : undefined;
};

/** Whether a text was meant as data, and not as another name. */
export const looksLikeData = (text: string): boolean => /^[[{"]/.test(text);
