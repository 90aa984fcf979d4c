/** A key that no text of a user has. */
const MARK = '\0';

/** JSON whose integers are bigint, of any size; numbers with a point or an exponent are floats. @throws SyntaxError */
export const parseJsonWithBigInts = (text: string): unknown => {
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    /^-?\d+$/.test(token) ? `{"\\u0000":"${token}"}` : token,
  );
  return JSON.parse(marked, (_, value) =>
    typeof value === 'object' && value !== null && MARK in value ? BigInt(String(value[MARK])) : value,
  );
};
