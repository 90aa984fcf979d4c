import type { HostFs } from '../items/kind.ts';
import { stringField } from './field.ts';

/** The interpreter inside the program. */
export const BUILT_IN = 'built-in';

const DOC =
  'What runs the script: `built-in`, or a program such as `lua5.4` or `luajit`, searched in the PATH, or its path, see `whenever-lua`(5). The program has to be there when the file is loaded.';

const interpreterField = (doc: string) =>
  stringField({
    pattern: /^(?:\/[^\0]+|[^\s/\0][^/\0]*)$/,
    as: '"built-in", the name of a program such as "lua5.4", or an absolute path',
    extension: true,
    examples: ['lua5.4'],
    doc,
  });

/** The key of one script. */
export const luaInterpreterField = interpreterField(`${DOC} Default: that at the top of the file.`);

/** The key at the top of the file. */
export const defaultInterpreterField = interpreterField(
  'What runs Lua scripts that do not say it themselves with this key. Default: `built-in`. Read at each load.',
);

/** The Debian package of an interpreter. */
const packageOf = (name: string): string | undefined => {
  if (/^(?:lua5\.[1-4]|luajit)$/.test(name)) return name;
  return name === 'lua' ? 'lua5.4' : undefined;
};

/** Why an interpreter cannot run scripts on a machine; undefined: it can, as far as is known. */
export const missingInterpreter = (interpreter: string, machine: HostFs): string | undefined => {
  if (interpreter === BUILT_IN) return undefined;
  if (machine.platform === 'win32') return `interpreter: expected "${BUILT_IN}": on Windows there is no other one`;
  if (machine.hasProgram?.(interpreter) !== false) return undefined;
  if (interpreter.startsWith('/')) return `interpreter: expected a program, "${interpreter}" is not one`;
  const debian = packageOf(interpreter);
  const how =
    debian === undefined ? 'install it, or write its path' : `Debian and Ubuntu have it in the package ${debian}`;
  return `interpreter: there is no program "${interpreter}" in the PATH (${how})`;
};
