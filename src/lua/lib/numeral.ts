/** As long as a numeral may be when it is read from a file. */
const LONGEST = 200;

/** The longest start of `data` that looks like a Lua numeral, after blanks; `more` when its end is not in sight. */
export const numeral = (
  data: Uint8Array,
  last: boolean,
): { readonly skip: number; readonly length: number } | 'more' => {
  let skip = 0;
  while (skip < data.length && /[\s]/.test(String.fromCharCode(data[skip]!))) skip++;
  if (skip === data.length && !last) return 'more';
  const text = Buffer.from(data.subarray(skip, skip + LONGEST)).toString('latin1');
  const found =
    /^[-+]?(?:0[xX][0-9a-fA-F]*\.?[0-9a-fA-F]*(?:[pP][-+]?[0-9]*)?|[0-9]*\.?[0-9]*(?:[eE][-+]?[0-9]*)?)/.exec(text);
  const length = found?.[0].length ?? 0;
  if (skip + length >= data.length && length < LONGEST && !last) return 'more';
  return { skip, length };
};
