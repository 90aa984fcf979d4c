import type { BusMessage, BusRule, BusValue } from '../../core/ports.ts';

/** Who owns a name, as far as is known. */
export type Owners = ReadonlyMap<string, string | undefined>;

const underPath = (path: string, root: string): boolean =>
  path === root || path.startsWith(root.endsWith('/') ? root : `${root}/`);

const text = (value: BusValue | undefined, types: string): string | undefined =>
  value && 'value' in value && types.includes(value.type) && typeof value.value === 'string' ? value.value : undefined;

/** The paths are equal, or one of them ends in a slash and begins the other. */
const related = (a: string | undefined, b: string): boolean =>
  a !== undefined && (a === b || (b.endsWith('/') && a.startsWith(b)) || (a.endsWith('/') && b.startsWith(a)));

const fits = (key: string, wanted: string, message: BusMessage, owners: Owners): boolean => {
  const { body } = message;
  switch (key) {
    case 'type':
    case 'interface':
    case 'member':
    case 'path':
    case 'destination':
      return message[key] === wanted;
    case 'sender':
      return message.sender === wanted || (owners.has(wanted) && owners.get(wanted) === message.sender);
    case 'eavesdrop':
      return true;
    case 'path_namespace':
      return underPath(message.path, wanted);
    case 'arg0namespace': {
      const name = text(body[0], 's');
      return name === wanted || name?.startsWith(`${wanted}.`) === true;
    }
    default: {
      const [, index, path] = /^arg(\d+)(path)?$/.exec(key) ?? [];
      const value = body[Number(index)];
      return path ? related(text(value, 'so'), wanted) : text(value, 's') === wanted;
    }
  }
};

/** True when a message is one the rule asks for: a connection receives what any of its rules ask for. */
export const matches = ({ keys }: BusRule, message: BusMessage, owners: Owners): boolean =>
  [...keys].every(([key, wanted]) => fits(key, wanted, message, owners));
