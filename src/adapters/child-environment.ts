import { readFileSync } from 'node:fs';
import type { ProcessRequest } from '../core/ports.ts';
import { withGivenZone } from './local-zone.ts';

/** What to start so that the request's program gets its environment. */
interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
}

/** Variables of this process whose values are not UTF-8, as octal escapes for printf: Node would replace their bytes. */
const unreadable = (): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  if (!Object.values(process.env).some((value) => value?.includes('\ufffd'))) return found;
  let raw: Buffer;
  try {
    raw = readFileSync('/proc/self/environ');
  } catch {
    return found;
  }
  for (const entry of raw.toString('latin1').split('\0')) {
    const equals = entry.indexOf('=');
    const name = entry.slice(0, equals);
    const bytes = Buffer.from(entry.slice(equals + 1), 'latin1');
    if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || bytes.equals(Buffer.from(bytes.toString('utf8')))) continue;
    found.set(name, [...bytes].map((b) => `\\${b.toString(8).padStart(3, '0')}`).join(''));
  }
  return found;
};

let inherited: ReadonlyMap<string, string> | undefined;

/** The environment of this process as it is now. `process.env` reads each variable from the system, which takes longer than all else here. */
export const ownEnvironment = (): Readonly<NodeJS.ProcessEnv> => withGivenZone(process.env);

/**
 * The environment of a request, with `own` as what it may inherit. Inherited values that are not UTF-8 are put in by a shell that then becomes the program,
 * because they cannot pass through Node unharmed [T8].
 */
export const childEnvironment = (
  program: string,
  request: ProcessRequest,
  own: Readonly<Record<string, string | undefined>>,
): Launch => {
  const base = request.inheritEnvironment ? own : {};
  const env = { ...base, ...request.variables } as Record<string, string>;
  inherited ??= unreadable();
  const restore = request.inheritEnvironment
    ? [...inherited].filter(([name]) => own[name]?.includes('\ufffd') && !Object.hasOwn(request.variables, name))
    : [];
  if (restore.length === 0) return { file: program, args: request.args, env };
  // The trailing x keeps newlines at the end, which $(…) would drop.
  const lines = restore.map(([name, octal]) => `${name}=$(printf '${octal}x'); export ${name}="\${${name}%x}"`);
  return { file: '/bin/sh', args: ['-c', `${lines.join('\n')}\nexec "$@"`, 'sh', program, ...request.args], env };
};
