import type { TomlValue } from './toml.ts';
import type { Unit } from './unit-file.ts';

/** What limits of a unit become. */
export interface ConvertedLimits {
  readonly limits: Readonly<Record<string, TomlValue>>;
  readonly lost: readonly string[];
}

const IO_CLASSES: Readonly<Record<string, string>> = { '1': 'realtime', '2': 'best-effort', '3': 'idle' };

/** The class in which disks are read and written; undefined: none, or one without equivalent. */
const ionice = (unit: Unit): string | undefined => {
  const name = unit.text('Service', 'IOSchedulingClass');
  const priority = unit.text('Service', 'IOSchedulingPriority');
  const known = IO_CLASSES[name ?? ''] ?? name ?? (priority === undefined ? undefined : 'best-effort');
  if (known === 'idle') return 'idle';
  if (known !== 'best-effort') return undefined;
  return priority !== undefined && /^[0-7]$/.test(priority) ? `best-effort:${priority}` : 'best-effort';
};

/** MemoryMax=, CPUQuota=, Nice= and IOSchedulingClass= as the key `limits`. */
export const limitsOf = (unit: Unit): ConvertedLimits => {
  const limits: Record<string, TomlValue> = {};
  const lost: string[] = [];
  const nice = unit.text('Service', 'Nice');
  if (nice !== undefined && /^\d+$/.test(nice) && Number(nice) <= 19) limits.nice = Number(nice);
  else if (nice !== undefined) lost.push(`Nice=${nice}: nice is from 0 to 19`);
  const io = ionice(unit);
  if (io !== undefined) limits.ionice = io;
  else if (unit.text('Service', 'IOSchedulingClass') !== undefined)
    lost.push(`IOSchedulingClass=${unit.text('Service', 'IOSchedulingClass')}: ionice is idle or best-effort`);
  const memory = unit.all('Service', 'MemoryMax', 'MemoryLimit').at(-1)?.value;
  if (memory !== undefined && memory !== 'infinity') {
    if (/^\d{1,12}(?:\.\d{1,3})?[KMGT]$/.test(memory)) limits.memory_max = memory;
    else if (/^\d{4,15}$/.test(memory)) limits.memory_max = `${Math.floor(Number(memory) / 1024)}K`;
    else lost.push(`MemoryMax=${memory}: memory_max is a size such as 512M`);
  }
  const cpu = unit.text('Service', 'CPUQuota');
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(cpu ?? '')?.[1];
  if (percent !== undefined) limits.cpu_percent = Math.max(1, Math.round(Number(percent)));
  else if (cpu !== undefined) lost.push(`CPUQuota=${cpu}: cpu_percent is a percentage`);
  return { limits, lost };
};
