import * as v from 'valibot';
import { flag, special, text } from '../../config/field.ts';
import { parameterChecks } from './checks.ts';

const element = '[a-zA-Z_-][a-zA-Z0-9_-]*';
const identifier = '[a-zA-Z_][a-zA-Z0-9_]*';

/** Which message bus. */
export const bus = text({
  required: true,
  pattern: /^:(session|system)$/,
  as: '":session" or ":system"',
  doc: 'The message bus.',
});

/** Keys about the arguments of a message. */
export const checkFields = {
  parameter_check: parameterChecks,
  parameter_check_all: flag({ fallback: false, doc: 'All checks must hold, not just one.' }),
} as const;

/** Keys of a D-Bus method condition (`config.md` §5.4). */
export const callFields = {
  bus,
  service: text({
    required: true,
    pattern: new RegExp(`^(${element}(\\.${element})+|:[a-zA-Z0-9_-]+(\\.[a-zA-Z0-9_-]+)+)$`),
    as: 'a bus name such as "org.freedesktop.DBus"',
    doc: 'The bus name of the service.',
  }),
  object_path: text({
    required: true,
    pattern: /^\/([a-zA-Z0-9_]+(\/[a-zA-Z0-9_]+)*)?$/,
    as: 'an object path such as "/org/freedesktop/DBus"',
    doc: 'The object to call.',
  }),
  interface: text({
    required: true,
    pattern: new RegExp(`^${identifier}(\\.${identifier})+$`),
    as: 'an interface name such as "org.freedesktop.DBus"',
    doc: 'The interface of the method.',
  }),
  method: text({
    required: true,
    pattern: new RegExp(`^${identifier}$`),
    as: 'the name of a method',
    doc: 'The method to call.',
  }),
  parameter_call: special<readonly unknown[] | undefined, { doc: string }>(
    'an array',
    v.array(v.unknown(), 'an array'),
    {
      doc: 'The arguments. Texts such as "\\\\u42" are converted to the type their letter names.',
    },
  ),
  ...checkFields,
} as const;
