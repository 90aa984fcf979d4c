import luaparse from 'luaparse';

/** A syntax error and its position: line and column count from 1, within the script. */
export interface LuaSyntaxError {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Where a line of a script begins. The first line is 1. */
const lineStart = (script: string, line: number): number => {
  const ends = /\r\n|\n\r|\n|\r/g;
  for (let n = 1; n < line; n++) if (ends.exec(script) === null) return script.length;
  return ends.lastIndex;
};

const check = (script: string): LuaSyntaxError | undefined => {
  try {
    luaparse.parse(script, { luaVersion: '5.3', comments: false, scope: false, locations: false });
    return undefined;
  } catch (error) {
    // The interpreter gives up at 200 levels, long before the checker does.
    if (error instanceof RangeError) return { line: 1, column: 1, message: 'nested too deeply' };
    // Its columns begin at 0 for some mistakes and at 1 for others.
    const { line = 1, index = 0, message } = error as { line?: number; index?: number } & Error;
    const column = Math.max(1, index - lineStart(script, line) + 1);
    return { line, column, message: message.replace(/^\[\d+:\d+\] /, '') };
  }
};

/** The syntax tree of a script, with places, and with which variables are local. @throws Error when it cannot be parsed. */
export const parseLua = (script: string): unknown =>
  luaparse.parse(script, { luaVersion: '5.3', comments: false, scope: true, locations: true });

/** Checks the syntax of a script; undefined: it can be compiled. Never throws. */
export const checkLuaSyntax = (script: string): LuaSyntaxError | undefined => {
  // The checker skips a first line for the shell, which only files may have.
  if (script.startsWith('#')) return { line: 1, column: 1, message: "unexpected symbol near '#'" };
  const found = check(script);
  // It does not know 0x.8, which is valid, and would refuse the script.
  if (found?.message.startsWith('malformed number') && /0x\./i.test(script))
    return check(script.replace(/\b0(x)\.(?=[0-9a-f])/gi, '0$10.'));
  return found;
};
