import type { Pattern } from '../../core/ports.ts';

/** A compiled regular expression: linear in the length of the text, whatever the expression. */
export interface Expression {
  readonly pattern: Pattern;
  found(text: string): boolean;
  /** How many steps it may take in a text at the most. A million takes 5 to 20 ms. */
  steps(text: string): number;
}

/** With more steps it is not looked for where it would hold up ticks. */
export const MOST_STEPS = 1_000_000;
/** Where there is no other place to look, an expression that may take more steps is not looked for at all. */
export const MOST_STEPS_HERE = 5_000_000;

/** What is said then. */
export const tooLong = (text: string): string =>
  `a text of ${text.length} characters is too long for this regular expression, which would hold up the scheduler`;

/**
 * Compiles an expression of the RE2 dialect: no look-around, no back-references, flags inline as `(?i)`.
 * @throws Error whose message says what is wrong with it.
 */
export const compileExpression = async (
  source: string,
  options: { readonly caseSensitive: boolean; readonly whole: boolean },
): Promise<Expression> => {
  const { RE2JS } = await import('re2js');
  const compiled = RE2JS.compile(source, options.caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE);
  const size = compiled.programSize();
  return {
    pattern: { source, ...options },
    found: (text) => (options.whole ? compiled.matches(text) : compiled.matcher(text).find()),
    steps: (text) => size * text.length,
  };
};
