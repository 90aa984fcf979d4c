import luaparse from 'luaparse';
import { BUILT_IN } from './lua-interpreter.ts';

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

type LuaVersion = '5.1' | '5.2' | '5.3' | 'LuaJIT';

/** A language in which a script may be written. The statements and expressions of Lua 5.4 are those of 5.3, beside attributes. */
interface Language {
  readonly version: LuaVersion;
  readonly attributes: boolean;
}
const language = (version: LuaVersion, attributes = false): Language => ({ version, attributes });

/** The languages in which a script may be written for an interpreter: all of them when its name does not say it. */
const languagesOf = (interpreter: string | undefined): readonly Language[] => {
  if (interpreter === undefined || interpreter === BUILT_IN) return [language('5.3')];
  const name = interpreter.slice(interpreter.lastIndexOf('/') + 1);
  if (name.startsWith('luajit')) return [language('LuaJIT')];
  const minor = /^lua-?5\.?([1-4])/.exec(name)?.[1];
  if (minor === undefined) return [language('5.3', true), language('LuaJIT'), language('5.1')];
  return [minor === '4' ? language('5.3', true) : language(`5.${minor}` as LuaVersion)];
};

/** A script without `<const>` and `<close>` of Lua 5.4, which the checker does not know. All else stays where it is. */
const withoutAttributes = (script: string): string =>
  script.replace(/\blocal\s+(?:[A-Za-z_]\w*\s*(?:<\s*\w+\s*>)?\s*,?\s*)+/g, (names) =>
    names.replace(/<\s*(?:const|close)\s*>/g, (attribute) => attribute.replace(/\S/g, ' ')),
  );

const check = (script: string, luaVersion: LuaVersion): LuaSyntaxError | undefined => {
  try {
    luaparse.parse(script, { luaVersion, comments: false, scope: false, locations: false });
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

/**
 * The syntax tree of a script, with places, and with which variables are local. @throws Error when it cannot be parsed.
 */
export const parseLua = (script: string): unknown =>
  luaparse.parse(script, { luaVersion: '5.3', comments: false, scope: true, locations: true });

/**
 * Checks the syntax of a script; undefined: it can be compiled. Never throws.
 * @param interpreter what runs it; not set: the interpreter inside the program
 */
export const checkLuaSyntax = (script: string, interpreter?: string): LuaSyntaxError | undefined => {
  // The checker skips a first line for the shell, which only files may have.
  if (script.startsWith('#')) return { line: 1, column: 1, message: "unexpected symbol near '#'" };
  let first: LuaSyntaxError | undefined;
  for (const { version, attributes } of languagesOf(interpreter)) {
    const found = checkAs(attributes ? withoutAttributes(script) : script, version);
    if (found === undefined) return undefined;
    first ??= found;
  }
  return first;
};

const checkAs = (script: string, version: LuaVersion): LuaSyntaxError | undefined => {
  const found = check(script, version);
  // It does not know 0x.8, which is valid, and would refuse the script.
  if (found?.message.startsWith('malformed number') && /0x\./i.test(script))
    return check(script.replace(/\b0(x)\.(?=[0-9a-f])/gi, '0$10.'), version);
  return found;
};
