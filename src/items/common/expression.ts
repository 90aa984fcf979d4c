/** A compiled regular expression: linear in the length of the text, whatever the expression. */
export interface Expression {
  found(text: string): boolean;
}

/**
 * Compiles an expression of the RE2 dialect: no look-around, no back-references, flags inline as `(?i)`.
 * @throws Error whose message says what is wrong with it.
 */
export const compileExpression = async (
  source: string,
  options: { readonly caseSensitive: boolean; readonly whole: boolean },
): Promise<Expression> => {
  const { RE2JS } = await import('re2js');
  const pattern = RE2JS.compile(source, options.caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE);
  return { found: (text) => (options.whole ? pattern.matches(text) : pattern.matcher(text).find()) };
};
