import * as v from 'valibot';
import { closedTable, customField, type Field, integerField, jsonSchema, stringField } from '../../config/field.ts';
import type { ResourceLimits } from '../../core/ports.ts';

/** The smallest limit of memory, bytes: with less nothing can be started. */
const LEAST_MEMORY = 2 ** 20;
const MOST_CPU_PERCENT = 100_000;

const UNITS = ['K', 'M', 'G', 'T'];
const SIZE = 'a size such as "512M" or "1.5G" (K, M, G or T, powers of 1024), "1M" or more';

/** The bytes of `512M`; NaN when it is not a size. */
const bytesOf = (text: string): number => {
  const [, number, unit = ''] = /^(\d{1,12}(?:\.\d{1,3})?)([KMGT])$/i.exec(text) ?? [];
  return number === undefined
    ? Number.NaN
    : Math.round(Number(number) * 1024 ** (UNITS.indexOf(unit.toUpperCase()) + 1));
};

const isMemory = (bytes: number): boolean => bytes >= LEAST_MEMORY && bytes <= Number.MAX_SAFE_INTEGER;

/** The keys of `limits`: what the file may hold, and what the manual says of each. */
export const limitFields = {
  nice: integerField({
    min: 0,
    max: 19,
    doc: 'Added to the niceness of the scheduler: the process gets less of the processor when others need it. By nice(1).',
  }),
  ionice: stringField({
    pattern: /^(?:idle|best-effort(?::[0-7])?)$/,
    as: '"idle", "best-effort", or "best-effort:0" (first) to "best-effort:7" (last)',
    doc: 'The class in which it reads and writes disks: idle is only when nothing else does. By ionice(1), on Linux.',
  }),
  memory_max: customField<number | undefined, { doc: string }>(
    'a size such as "512M" or "1.5G"',
    v.pipe(
      v.string(SIZE),
      v.check((text) => isMemory(bytesOf(text)), SIZE),
      v.transform(bytesOf),
      jsonSchema({ pattern: '^\\d{1,12}(?:\\.\\d{1,3})?[KMGTkmgt]$', examples: ['512M', '1.5G'] }),
    ) as v.GenericSchema<unknown, number | undefined>,
    {
      doc: 'The most memory. K, M, G and T are powers of 1024. By a scope of systemd for all of its processes together, or by prlimit(1) for the address space of each.',
    },
  ),
  cpu_percent: integerField({
    min: 1,
    max: MOST_CPU_PERCENT,
    doc: 'The most processor time, in percent of one processor: 200 is two of them. Only by a scope of systemd.',
  }),
} as const satisfies Readonly<Record<keyof ResourceLimits, Field<unknown>>>;

const SUCH = '{ nice = 10, ionice = "idle", memory_max = "1G", cpu_percent = 50 }';

const { nice, ionice, memory_max, cpu_percent } = limitFields;

const schema = v.pipe(
  closedTable(
    {
      nice: v.optional(nice.schema),
      ionice: v.optional(ionice.schema),
      memory_max: v.optional(memory_max.schema),
      cpu_percent: v.optional(cpu_percent.schema),
    },
    () => SUCH,
  ),
  v.transform((limits) => (Object.keys(limits).length === 0 ? undefined : limits)),
);

/** The key `limits` of everything that runs a command. Without keys in it there are no limits. */
export const limitsField = customField<
  ResourceLimits | undefined,
  { doc: string; examples: readonly unknown[]; extension: true }
>('a table', schema as v.GenericSchema<unknown, ResourceLimits | undefined>, {
  extension: true,
  examples: [{ nice: 10, ionice: 'idle', memory_max: '1G', cpu_percent: 50 }],
  doc: `What the process may take of the machine: a table with some of the keys ${Object.keys(limitFields).join(', ')}. See "Limits of a command".`,
});
