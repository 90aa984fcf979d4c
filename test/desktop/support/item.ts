import { systemClock } from '../../../src/adapters/clock.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { EngineEvents } from '../../../src/core/engine-events.ts';
import type { CheckContext, ConditionInstance, EventInstance, ItemDeps } from '../../../src/core/instance.ts';
import type { CheckResult } from '../../../src/core/outcome.ts';
import type { Ports } from '../../../src/core/ports.ts';
import type { Spec } from '../../../src/core/spec.ts';
import { registry } from '../../../src/items/registry.ts';
import { fakeMachine } from '../../support/daemon.ts';
import { fakeDesktop } from '../../support/fake-desktop.ts';
import { begin, ORIGIN } from '../../support/origin.ts';
import { Records } from '../../support/records.ts';

/** One item without a scheduler around it. */
export interface Alone<B> {
  readonly body: B;
  readonly records: Records;
  /** Records as `LEVEL WHEN/STATUS message`. */
  lines(): string[];
}

const alone = <B>(spec: Spec<B>, ports: Partial<Ports>): Alone<B> => {
  const records = new Records('trace', systemClock.wall, systemClock.mono);
  const around = {
    name: spec.name,
    log: records.log.for('TEST', 'active', spec.name, 1),
    logAs: (action: string) => records.log.for('TEST', action, spec.name, 1),
    ports: {
      ...{ clock: systemClock, random: Math.random, log: records.log, events: new EngineEvents() },
      ...fakeDesktop(),
      ...ports,
    } as Ports,
    own: { starting: false, occur: () => false, note: () => {} },
    locate: async () => undefined,
  } as unknown as ItemDeps;
  return {
    body: spec.create(around),
    records,
    lines: () => records.all.map(({ level, mark, message }) => `${level} ${mark} ${message}`),
  };
};

/** Checks a text as on a platform. */
export const loadOn = (platform: string, toml: string) =>
  loadConfig('test.toml', toml, registry, { ...fakeMachine, platform });

/** A look at an instant of the monotonic clock. */
export const lookAt = (mono: number): CheckContext => ({
  wall: Date.now(),
  mono,
  pauses: [],
  tickMs: 1000,
  origin: ORIGIN,
});

/** A condition of the type and keys given. */
export const aloneCondition = async (
  type: string,
  keys: string,
  ports: Partial<Ports>,
  platform = 'linux',
): Promise<Alone<ConditionInstance> & { check(): Promise<CheckResult> }> => {
  const config = await loadOn(platform, `[[condition]]\nname = "C"\ntype = "${type}"\n${keys}\n`);
  const one = alone(config.conditions[0]!, ports);
  return {
    ...one,
    check: async () => one.body.check(lookAt(performance.now()), begin),
  };
};

/** An event of the type and keys given, listening; `fired` counts. */
export const aloneEvent = async (
  type: string,
  keys: string,
  ports: Partial<Ports>,
  platform = 'linux',
): Promise<Alone<EventInstance> & { readonly fired: { count: number } }> => {
  const config = await loadOn(
    platform,
    `[[condition]]\nname = "B"\ntype = "bucket"\n[[event]]\nname = "E"\ncondition = "B"\ntype = "${type}"\n${keys}\n`,
  );
  const one = alone(config.events[0]!, ports);
  const fired = { count: 0 };
  await one.body.start?.(() => {
    fired.count += 1;
  });
  return { ...one, fired };
};

/** What is wrong with a text, each problem in one line. */
export const problemsOf = async (toml: string, platform = 'linux'): Promise<readonly string[]> => {
  try {
    await loadOn(platform, toml);
    return [];
  } catch (error) {
    return (error as { lines: readonly string[] }).lines;
  }
};
