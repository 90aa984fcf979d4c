/** A function that remembers its last result: in a column of a table the same value often comes many times in a row. */
export const remembered = <Value extends string | number, Result>(
  make: (value: Value) => Result,
): ((value: Value) => Result) => {
  let known: { readonly value: Value; readonly result: Result } | undefined;
  return (value) => {
    if (known?.value !== value) known = { value, result: make(value) };
    return known.result;
  };
};
