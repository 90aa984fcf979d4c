import { suggest } from '../../config/suggest.ts';
import { type Control, interpret } from '../../core/commands.ts';
import type { CommandResult } from '../../core/ports.ts';
import type { CheckedFile, ItemWarnings } from '../checked-file.ts';

/** What is wrong with the names that a command is given; undefined: nothing. */
type WrongNames = (what: 'condition' | 'event', names: readonly string[]) => void;

/** Takes commands without an effect, and looks at their names. */
const listener = (look: WrongNames): Control => {
  const done: CommandResult = { kind: 'done' };
  const nothing = () => done;
  const condition = (name: string) => {
    look('condition', [name]);
    return done;
  };
  return {
    ...{
      exit: nothing,
      kill: nothing,
      pause: nothing,
      resume: nothing,
      configure: nothing,
      reload: nothing,
      help: nothing,
    },
    ...{ suspendCondition: condition, resumeCondition: condition, run: condition, cancel: condition },
    reset: (names) => {
      look('condition', names);
      return done;
    },
    trigger: (name) => {
      look('event', [name]);
      return done;
    },
  };
};

const namesOf = (file: CheckedFile, what: 'condition' | 'event'): readonly string[] => [...file[what].named.keys()];

/** Internal tasks whose command is unknown, has wrong arguments, or names what does not exist. */
export const inputCommands: ItemWarnings = ({ values }, warn, file) => {
  const say = (text: string): void => warn('internal-command', ['command'], `command: ${text}`);
  const control = listener((what, names) => {
    const known = namesOf(file, what);
    for (const name of names) if (!known.includes(name)) say(`there is no ${what} "${name}"${suggest(name, known)}`);
  });
  // What depends on the hour of the day is judged when it is carried out.
  interpret(values.command as string, control, (_, reason) => / is over: /.test(reason) || say(reason), file.now);
};
