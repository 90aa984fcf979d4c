import type { SourceProblem } from './host.ts';
import { type Specifiers, splitWords } from './systemd-values.ts';
import { type Unit, wrongValue } from './unit-file.ts';

/** The variables of a service, and the files with more of them. */
export interface UnitEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** As the key environment_file has them. */
  readonly files: readonly string[];
  readonly differs: readonly string[];
  readonly lost: readonly string[];
  readonly problems: readonly SourceProblem[];
}

const variablesOf = (unit: Unit, specifiers: Specifiers, problems: SourceProblem[]): Record<string, string> => {
  const variables: Record<string, string> = {};
  for (const assignment of unit.all('Service', 'Environment')) {
    const words = splitWords(assignment.value);
    if (words === undefined || words.some((word) => !/^[A-Za-z_]\w*=/.test(word)))
      problems.push(wrongValue(assignment, 'NAME=VALUE with closed quotes'));
    for (const word of words ?? []) {
      const [, name = '', value = ''] = /^([^=]*)=([\s\S]*)$/.exec(word) ?? [];
      variables[name] = specifiers.replace(value);
    }
  }
  return variables;
};

/**
 * Reads Environment= and EnvironmentFile=.
 * @param readByRoot the manager reads the files as root, and runs the commands as another user
 */
export const environmentOf = (unit: Unit, specifiers: Specifiers, readByRoot: boolean): UnitEnvironment => {
  const problems: SourceProblem[] = [];
  const variables = variablesOf(unit, specifiers, problems);
  const files: string[] = [];
  const lost: string[] = [];
  for (const assignment of unit.all('Service', 'EnvironmentFile')) {
    const [, optional = '', written = ''] = /^(-?)(.*)$/.exec(assignment.value)!;
    const path = specifiers.replace(written);
    if (!path.startsWith('/')) problems.push(wrongValue(assignment, 'an absolute path'));
    else if (/[*?[]/.test(path))
      lost.push(`EnvironmentFile=${optional}${path}: environment_file takes no patterns, name each file`);
    else files.push(optional + path);
  }
  const names = Object.keys(variables);
  const differs: string[] = [];
  if (files.length > 0 && names.length > 0)
    differs.push(
      `EnvironmentFile= won over Environment=; here environment_variables win. If a file sets ${names.join(' or ')} too, remove that from environment_variables`,
    );
  if (files.length > 0 && readByRoot)
    differs.push('EnvironmentFile= was read by root; here the user of the scheduler has to be able to read it');
  return { variables, files, differs, lost, problems };
};
