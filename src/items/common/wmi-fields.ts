import { stringField } from '../../config/field.ts';
import type { HostFs } from '../kind.ts';

/** Keys of everything that queries WMI (`config.md` §5.5). */
export const queryFields = {
  query: stringField({ required: true, doc: 'The WQL query.' }),
  namespace: stringField({
    pattern: /^[a-zA-Z_][a-zA-Z0-9_]*([/\\][a-zA-Z_][a-zA-Z0-9_]*)+$/,
    as: 'a name space such as "ROOT/CIMV2"',
    doc: 'The name space; default ROOT\\CIMV2.',
  }),
} as const;

/** WMI exists on Windows only. */
export const wmiUnavailable = (machine: HostFs): string | undefined =>
  machine.platform === 'win32' ? undefined : 'items of type wmi exist on Windows only';
