import { bashScript } from '../completion/bash.ts';
import { fishScript } from '../completion/fish.ts';
import { completedCommands } from '../completion/model.ts';
import { zshScript } from '../completion/zsh.ts';
import { suggest } from '../config/suggest.ts';
import { FOUND } from './query-common.ts';
import { writeAll } from './stdio.ts';
import { type Subcommand, UsageError } from './subcommand.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
const SHELLS = Object.keys(SCRIPTS);

/** The subcommand that prints a completion script. @param load loads all subcommands */
export const completionCommand = (load: () => Promise<readonly Subcommand[]>): Subcommand => ({
  name: 'completion',
  help: 'print a completion script for a shell: commands, options, files, and names of items',
  takes: [{ form: '<SHELL>', help: `one of ${SHELLS.join(', ')}`, words: SHELLS }],
  options: [],
  exitStatus: 'Status 0: printed; 2: there is none for this shell.',
  page: 'setup',
  examples: ['whenever completion fish > whenever.fish'],
  run: async ({ args: [shell = ''] }) => {
    const script = SCRIPTS[shell as keyof typeof SCRIPTS] as (typeof SCRIPTS)['bash'] | undefined;
    if (!script)
      throw new UsageError(`expected one of ${SHELLS.join(', ')}, found "${shell}"${suggest(shell, SHELLS)}`);
    writeAll(1, script(completedCommands(await load())));
    return FOUND;
  },
});
