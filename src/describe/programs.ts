import type { Values } from '../config/field.ts';
import { BUILT_IN } from '../config/lua-interpreter.ts';
import { showSize } from '../core/size.ts';
import type { commandFields } from '../items/common/command-criteria.ts';
import type { luaFields } from '../items/common/lua.ts';
import { duration, joined, shown } from './words.ts';

/** The keys of everything that runs a command. */
type CommandValues = Values<typeof commandFields>;
/** The keys of everything that runs a script. */
type LuaValues = Values<typeof luaFields>;

/** Characters of a command line that are shown. */
const LONGEST_COMMAND = 160;

/** What limits are called. */
const LIMITS: Readonly<Record<keyof NonNullable<CommandValues['limits']>, (value: string) => string>> = {
  nice: (value) => `niceness ${value}`,
  ionice: (value) => `class ${value} for disks`,
  memory_max: (value) => `${showSize(Number(value))} of memory`,
  cpu_percent: (value) => `${value} % of a processor`,
};

/** A script of several lines that a shell runs is not shown. */
const shellScript = ({ command, command_arguments: [option, script = ''] }: CommandValues): string | undefined => {
  const lines = script.trim().split('\n').length;
  return option === '-c' && lines > 1 ? `${command} -c with a script of ${lines} lines` : undefined;
};

/** A command line on one line, words with blanks in quotes; the end of a long one is left out. */
const commandLine = ({ command, command_arguments: args }: CommandValues): string => {
  const words = [command, ...args].map((word) => (/^[^\s"']+$/.test(word) ? word : JSON.stringify(word)));
  const line = words.join(' ');
  return line.length > LONGEST_COMMAND ? `${line.slice(0, LONGEST_COMMAND)}…` : line;
};

/** What a text of the output has to do with the result. */
const outputRule = (verb: string, text: string, stream: string, values: CommandValues): string => {
  const { match_regular_expression: expression, match_exact: whole } = values;
  if (expression)
    return `${stream} ${verb === 'has' ? '' : 'does not '}match${verb === 'has' ? 'es' : ''} ${shown(text)}`;
  if (whole) return `${stream} is ${verb === 'has' ? '' : 'not '}${shown(text)}`;
  return `${stream} ${verb === 'has' ? 'has' : 'does not have'} ${shown(text)}`;
};

/** What the exit status has to be; undefined: nothing. */
const statusRule = ({ success_status: success, failure_status: failure }: CommandValues): string | undefined => {
  if (success !== undefined) return `its exit status is ${success}`;
  return failure === undefined ? undefined : `its exit status is not ${failure}`;
};

/** When a command succeeds, as a clause; undefined: always when it ends by itself. */
export const commandRule = (values: CommandValues): string | undefined => {
  const status = statusRule(values);
  const texts = (['success', 'failure'] as const).flatMap((result) =>
    (['stdout', 'stderr'] as const).flatMap((stream) => {
      const text = values[`${result}_${stream}`];
      const where = stream === 'stdout' ? 'its standard output' : 'its standard error';
      return text ? [outputRule(result === 'success' ? 'has' : 'lacks', text, where, values)] : [];
    }),
  );
  const rules = [...(status === undefined ? [] : [status]), ...texts];
  return rules.length === 0 ? undefined : joined(rules);
};

/** What a command is started as: `"backup.sh /home" in /tmp`. */
export const commandWords = (values: CommandValues): string => {
  const { startup_path: path } = values;
  return `${shellScript(values) ?? commandLine(values)} in ${path === '.' ? 'the directory where the scheduler was started' : path}`;
};

/** A file with variables: `backup.env`, `local.env (if it is there)`. */
const fileWords = (path: string): string => (path.startsWith('-') ? `${path.slice(1)} (if it is there)` : path);

/** What else is special about a command, as clauses. */
export const commandExtras = (values: CommandValues): string[] => {
  const names = Object.keys(values.environment_variables);
  const { timeout_seconds: timeout, limits, include_environment: inherits, environment_file: files = [] } = values;
  const limited = Object.entries(limits ?? {}).map(([key, value]) => LIMITS[key as keyof typeof LIMITS](String(value)));
  return [
    ...(timeout > 0 ? [`is ended after ${duration(timeout)}`] : []),
    ...(inherits ? [] : ['does not have the environment of the scheduler']),
    ...(files.length > 0 ? [`reads variables from ${joined(files.map(fileWords))}`] : []),
    ...(names.length > 0 ? [`is given ${names.length === 1 ? 'the variable' : 'the variables'} ${joined(names)}`] : []),
    ...(limited.length > 0 ? [`has limits (${limited.join(', ')})`] : []),
  ];
};

const scalar = (value: string | boolean | number | bigint): string =>
  typeof value === 'string' ? shown(value) : String(value);

/** When a script succeeds, as a clause; undefined: never, because nothing is expected of it. */
export const luaRule = ({ expected_results: expected, expect_all: all }: LuaValues): string | undefined => {
  const results = Object.entries(expected).map(([name, value]) => `${name} is ${scalar(value)}`);
  return results.length === 0 ? undefined : `${joined(results, all ? 'and' : 'or')} at its end`;
};

/** What a script is: `a Lua script of 3 lines`. */
export const luaWords = ({ script, init_script_path: init, interpreter }: LuaValues): string => {
  const lines = script.trim().split('\n').length;
  const first = init === undefined ? '' : ` after ${init}`;
  const by = interpreter === undefined || interpreter === BUILT_IN ? '' : ` by ${interpreter}`;
  return `a Lua script of ${lines} ${lines === 1 ? 'line' : 'lines'}${by}${first}`;
};

/** What else is special about a script, as clauses. */
export const luaExtras = ({ timeout_seconds: timeout, variables_to_set: variables }: LuaValues): string[] => {
  const names = Object.keys(variables);
  return [
    ...(timeout > 0 ? [`is ended after ${duration(timeout)}`] : []),
    ...(names.length > 0 ? [`is given ${names.length === 1 ? 'the variable' : 'the variables'} ${joined(names)}`] : []),
  ];
};
