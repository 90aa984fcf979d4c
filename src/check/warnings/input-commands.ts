import { suggest } from '../../config/suggest.ts';
import { type Control, interpret } from '../../core/commands.ts';
import type { CommandResult } from '../../core/ports.ts';
import type { CheckedFile, ItemWarnings } from '../checked-file.ts';

/** Called with the names that a command is given. */
type LookAtNames = (what: 'condition' | 'event', names: readonly string[]) => void;

/** Takes commands without an effect, and looks at their names. */
const listener = (look: LookAtNames, file: (path: string) => void): Control => {
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
      logEvent: nothing,
      reload: nothing,
      help: nothing,
    },
    ...{ suspendCondition: condition, resumeCondition: condition, run: condition, cancel: condition },
    reset: (names) => {
      look('condition', names);
      return done;
    },
    configure: (path) => {
      file(path);
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
  const command = values.command as string;
  const say = (text: string): void => warn('internal-command', ['command'], `command: ${text}`);
  if (command.trim() === '') say('it is empty');
  const lookAtType = (name: string): void => {
    const type = file.event.items.find((item) => item.name === name)?.kind.type;
    if (type !== undefined && type !== 'cli')
      say(`the event "${name}" is of type ${type}, and only events of type cli can be triggered`);
  };
  const look: LookAtNames = (what, names) => {
    const known = namesOf(file, what);
    for (const name of names) {
      if (!known.includes(name)) say(`there is no ${what} "${name}"${suggest(name, known)}`);
      else if (what === 'event') lookAtType(name);
    }
  };
  const lookAtFile = (path: string): void => {
    // A relative path is found from where the program is started.
    if (path.startsWith('/') && !file.machine.isFile(path)) say(`there is no file "${path}"`);
  };
  // What depends on the hour of the day is judged when it is carried out.
  interpret(command, listener(look, lookAtFile), (_, reason) => / is over: /.test(reason) || say(reason), file.now);
};
