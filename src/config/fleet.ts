import * as v from 'valibot';
import type { FleetSettings } from '../core/spec.ts';
import { choiceField, customField, jsonSchema, stringField, type Table } from './field.ts';
import type { ProblemList } from './problem.ts';
import { readTable } from './read-fields.ts';

/** What the name of a machine is made of: it is part of keys on the server. */
export const NODE_NAME = /^[A-Za-z0-9_-]{1,63}$/;
const NAME = '1 to 63 letters, digits, "_" or "-"';
/** The host is a name or an address, an IPv6 one in brackets; the port is at most 65535. */
const PORT = '(?:[0-5]?\\d{1,4}|6[0-4]\\d{3}|65[0-4]\\d\\d|655[0-2]\\d|6553[0-5])';
const HOST = '^(?:nats|tls)://(?:[^\\s/?#]+@)?(?:\\[[0-9A-Fa-f:.]+\\]|[^\\s/?#@:\\[\\]]+)';
const SERVER = new RegExp(`${HOST}(?::${PORT})?$`);
/** All is right but what is written as the port. */
const WRONG_PORT = new RegExp(`${HOST}:[^:/]*$`);

const expectedServers = 'an array of addresses such as "nats://office:4222"';
const expectedPort = 'a port of at most 65535 after the host';
const expectedTls = 'true, or the path of a file with certificates';

/** The keys of `[fleet]`. */
export const fleetFields = {
  servers: customField<readonly string[], { required: true; doc: string; examples: readonly unknown[] }>(
    expectedServers,
    v.pipe(
      v.array(
        v.pipe(
          v.string(expectedServers),
          v.regex(SERVER, ({ input }) => (WRONG_PORT.test(input) ? expectedPort : expectedServers)),
        ),
        expectedServers,
      ),
      v.minLength(1, expectedServers),
    ),
    {
      required: true,
      doc: 'The NATS servers: any one of them is enough. A token or a user is written as in `nats://TOKEN@HOST` or `nats://USER:PASSWORD@HOST`; `tls://` asks for an encrypted connection.',
      examples: [['nats://office:4222']],
    },
  ),
  name: stringField({ pattern: NODE_NAME, as: NAME, doc: 'The name of this machine. Default: that of the host.' }),
  tags: customField<readonly string[], { fallback: readonly string[]; doc: string }>(
    `an array of names: ${NAME}`,
    v.array(v.pipe(v.string(NAME), v.regex(NODE_NAME, NAME)), `an array of names: ${NAME}`),
    { fallback: [], doc: 'What this machine has, for `where = "tag:NAME"` of tasks.' },
  ),
  credentials_file: stringField({ doc: 'The path of a file with a JWT and a key, as `nsc` writes it.' }),
  tls: customField<boolean | string, { fallback: boolean; doc: string; examples: readonly unknown[] }>(
    expectedTls,
    v.pipe(
      v.union([v.boolean(), v.pipe(v.string(), v.minLength(1, expectedTls))], expectedTls),
      jsonSchema({ anyOf: [{ type: 'boolean' }, { type: 'string', minLength: 1 }] }),
    ),
    {
      fallback: false,
      doc: 'true: the connection has to be encrypted. A path: also by certificates of the authorities in this file.',
      examples: [true, '/etc/ssl/office.pem'],
    },
  ),
  without_engine: choiceField(['hold', 'run', 'skip'], {
    fallback: 'hold',
    doc: 'What a shared condition does when no server answers for 5 seconds. hold: it waits. run: it runs, perhaps on several machines, which is reported. skip: the firing is missed.',
  }),
} as const;

/** Parses `[fleet]`; undefined: the file has none. */
export const readFleet = (root: Table, found: ProblemList): FleetSettings | undefined =>
  root.fleet === undefined ? undefined : readTable(root, 'fleet', fleetFields, found);
