import { expect, test } from 'vitest';
import { integerField } from '../../src/config/field.ts';
import { passed } from '../../src/core/outcome.ts';
import { conditionKind, taskKind } from '../../src/items/kind.ts';
import { registry } from '../../src/items/registry.ts';

const condition = {
  type: 'probe',
  emitter: 'PROBE_CONDITION',
  doc: 'True when asked.',
  fields: { limit: integerField({ required: true, extension: true, doc: 'A limit.' }) },
  delayable: false,
} as const;
const result = passed({ code: 'event-came' });

test('A kind gets the ports that it names in needs, and no other one compiles.', () => {
  conditionKind({
    ...condition,
    needs: ['idle'],
    simulate: 'instants',
    create: ({ ports }) => ({
      due: () => 'any-tick',
      check: async () => {
        await ports.idle.read();
        // @ts-expect-error the port is not in needs
        ports.wmi;
        return result;
      },
    }),
  });
  conditionKind({
    ...condition,
    create: ({ ports }) => ({
      due: () => 'any-tick',
      check: () => {
        ports.clock.wall();
        // @ts-expect-error it needs no port
        ports.processes;
        return result;
      },
    }),
  });
});

test('A kind that needs ports says how it is simulated, or it does not compile.', () => {
  const create = () => ({ due: () => 'any-tick' as const, check: () => result });
  // @ts-expect-error simulate is missing
  conditionKind({ ...condition, needs: ['idle'], create });
  // @ts-expect-error simulate is missing
  taskKind({
    type: 'probe',
    emitter: 'PROBE_TASK',
    doc: 'Runs.',
    fields: {},
    needs: ['bus'],
    create: () => ({}) as never,
  });
  for (const kind of [...registry.task.kinds, ...registry.condition.kinds, ...registry.event.kinds])
    expect([kind.section, kind.type, kind.simulate !== undefined]).toEqual([
      kind.section,
      kind.type,
      kind.needs !== undefined,
    ]);
});
