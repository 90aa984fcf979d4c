/** The bytes of the header of a file of the zone database. */
const HEADER = 44;
/** Where the counts are in it. */
const COUNTS = 20;

/** Where a part of the file ends: its header and its data. @param width bytes of an instant. */
const endOfPart = (bytes: Buffer, start: number, width: number): number => {
  if (bytes.length < start + HEADER) return Number.POSITIVE_INFINITY;
  const count = (place: number) => bytes.readUInt32BE(start + COUNTS + 4 * place);
  const [utc, standard, leaps, times, types, letters] = [0, 1, 2, 3, 4, 5].map(count) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const data = times * (width + 1) + types * 6 + letters + leaps * (width + 4) + standard + utc;
  return start + HEADER + data;
};

/**
 * The rule at the end of a file of the zone database; undefined when it has none.
 * @throws Error for a file that is cut off, or is another kind of file.
 */
export const ruleOfZoneFile = (bytes: Buffer, path: string): string | undefined => {
  const magic = bytes.toString('latin1', 0, 4);
  if (!'TZif'.startsWith(magic)) throw new Error(`${path} is not a file of the time zone database`);
  let end = endOfPart(bytes, 0, 4);
  const old = bytes[4] === 0;
  if (!old) end = endOfPart(bytes, end, 8);
  const [, rule] =
    (old ? undefined : /^\n([^\n]*)\n/.exec(bytes.toString('latin1', Math.min(end, bytes.length)))) ?? [];
  if (bytes.length < end || (!old && rule === undefined)) throw new Error(`${path} is cut off`);
  return rule === '' ? undefined : rule;
};
