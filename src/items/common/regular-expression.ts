import type { Pattern, RegexMatcher } from '../../core/ports.ts';

/** A compiled regular expression: linear in the length of the text, whatever the expression. */
export interface Expression {
  readonly pattern: Pattern;
  found(text: string): boolean;
  /** How many steps it may take in a text at the most. A million takes 5 to 20 ms. */
  steps(text: string): number;
}

/** With more steps it is looked for on a thread, where that can be had. */
const MOST_STEPS = 1_000_000;
/** Where it is not, an expression that may take more steps is not looked for at all. */
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

/** The expression with answers for some texts, from threads. What could not be looked for there is left as it was. */
const answered = async (
  expression: Expression,
  texts: readonly string[],
  matcher: RegexMatcher,
): Promise<Expression> => {
  const answers = new Map<string, boolean>();
  const ask = async (text: string): Promise<void> => {
    try {
      answers.set(text, await matcher.matches(expression.pattern, text));
    } catch {
      // Who makes the check decides what that comes to.
    }
  };
  await Promise.all([...new Set(texts)].map(ask));
  return {
    ...expression,
    found: (text) => answers.get(text) ?? expression.found(text),
    steps: (text) => (answers.has(text) ? 0 : expression.steps(text)),
  };
};

/**
 * Checks with answers where looking for them would hold up ticks; undefined: they can be made here.
 * @param textsOf the texts in which the expression of a check is looked for.
 */
export const matchOnThreads = <C extends { readonly expression?: Expression | undefined }>(
  checks: readonly C[],
  textsOf: (check: C) => readonly string[],
  matcher: RegexMatcher | undefined,
): Promise<readonly C[]> | undefined => {
  if (!matcher) return undefined;
  const long = checks.map((check) => {
    const { expression } = check;
    return expression ? textsOf(check).filter((text) => expression.steps(text) > MOST_STEPS) : [];
  });
  if (long.every((texts) => texts.length === 0)) return undefined;
  return Promise.all(
    checks.map(async (check, i) =>
      long[i]!.length === 0 ? check : { ...check, expression: await answered(check.expression!, long[i]!, matcher) },
    ),
  );
};
