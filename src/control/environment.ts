import type { Spec } from '../core/spec.ts';

/** What a program is started with, without the values of variables: they may be secrets. */
export interface CommandEnvironment {
  /** `task/NAME` or `condition/NAME` */
  readonly item: string;
  /** As the file has it. */
  readonly program: string;
  /** It has the environment of the daemon too. */
  readonly inherits: boolean;
  /** The variables that the file gives it. */
  readonly names: readonly string[];
  /** The PATH that the file gives it; null: none. */
  readonly path: string | null;
}

/** The answer to `environment`: the PATH of the daemon, and the names of its variables. */
export interface EnvironmentAnswer {
  /** null: it has none. */
  readonly path: string | null;
  readonly names: readonly string[];
  /** The condition and its tasks, as far as they start programs. */
  readonly commands: readonly CommandEnvironment[];
}

const commandOf = (section: string, { name, type, values }: Spec<unknown>): CommandEnvironment | undefined => {
  const { command, include_environment, environment_variables } = values as {
    readonly command: string;
    readonly include_environment: boolean;
    readonly environment_variables: Readonly<Record<string, unknown>>;
  };
  if (type !== 'command') return undefined;
  const { PATH: path } = environment_variables;
  return {
    ...{ item: `${section}/${name}`, program: command, inherits: include_environment },
    ...{ names: Object.keys(environment_variables), path: typeof path === 'string' ? path : null },
  };
};

/** What programs of a condition and of its tasks are started with. @param own the environment of the daemon */
export const environmentAnswer = (
  own: Readonly<Record<string, string | undefined>>,
  condition: Spec<unknown> | undefined,
  tasks: readonly Spec<unknown>[],
): EnvironmentAnswer => ({
  path: own.PATH ?? null,
  names: Object.keys(own).filter((name) => own[name] !== undefined),
  commands: [condition && commandOf('condition', condition), ...tasks.map((task) => commandOf('task', task))].filter(
    (command) => command !== undefined,
  ),
});
