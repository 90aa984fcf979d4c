import * as v from 'valibot';
import { booleanField, customField, stringField } from '../../config/field.ts';
import type { BusName } from '../../core/ports.ts';
import type { HostFs } from '../kind.ts';
import { parameterChecks } from './checks.ts';

const element = '[a-zA-Z_-][a-zA-Z0-9_-]*';
const identifier = '[a-zA-Z_][a-zA-Z0-9_]*';

/** Which message bus. */
export const bus = stringField({
  required: true,
  pattern: /^:(session|system)$/,
  as: '":session" or ":system"',
  doc: 'The message bus.',
});

/** The bus that the key names. */
export const busOf = (value: string): BusName => (value === ':system' ? 'system' : 'session');

/** There is no D-Bus on Windows. */
export const busUnavailable = (machine: HostFs): string | undefined =>
  machine.platform === 'win32' ? 'items of type dbus do not exist on Windows' : undefined;

/** Keys about the arguments of a message. */
export const argumentCheckFields = {
  parameter_check: parameterChecks,
  parameter_check_all: booleanField({ fallback: false, doc: 'All checks must hold, not just one.' }),
} as const;

/** Keys of a D-Bus method condition (`config.md` §5.4). */
export const callFields = {
  bus,
  service: stringField({
    required: true,
    pattern: new RegExp(`^(${element}(\\.${element})+|:[a-zA-Z0-9_-]+(\\.[a-zA-Z0-9_-]+)+)$`),
    as: 'a bus name such as "org.freedesktop.DBus"',
    doc: 'The bus name of the service.',
  }),
  object_path: stringField({
    required: true,
    pattern: /^\/([a-zA-Z0-9_]+(\/[a-zA-Z0-9_]+)*)?$/,
    as: 'an object path such as "/org/freedesktop/DBus"',
    doc: 'The object to call.',
  }),
  interface: stringField({
    required: true,
    pattern: new RegExp(`^${identifier}(\\.${identifier})+$`),
    as: 'an interface name such as "org.freedesktop.DBus"',
    doc: 'The interface of the method.',
  }),
  method: stringField({
    required: true,
    pattern: new RegExp(`^${identifier}$`),
    as: 'the name of a method',
    doc: 'The method to call.',
  }),
  parameter_call: customField<readonly unknown[] | string | undefined, { doc: string }>(
    'an array',
    v.union([v.array(v.unknown()), v.string()], 'an array, or a string that holds one in JSON'),
    {
      doc: 'The arguments, or a string that holds them as a JSON array. Integers are sent as x, floats as d, arrays as av, tables as a{sv}; texts such as "\\\\u42" are converted to the type their letter names (b y n q i u x t d s o).',
    },
  ),
  parameter_signature: stringField({
    extension: true,
    doc: 'The D-Bus signature of all arguments, such as "sa{sv}(ii)as", for types that parameter_call alone cannot express: typed arrays, structures, dictionaries. In the place of a variant a table { signature = "as", value = [...] } gives its type.',
  }),
  ...argumentCheckFields,
} as const;
