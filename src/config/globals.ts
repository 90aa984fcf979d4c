import { booleanField, integerField, tagsField, type Values } from './field.ts';

/** The keys at the top of the file. */
export const globalFields = {
  scheduler_tick_seconds: integerField({
    min: 1,
    fallback: 5,
    doc: 'Length of a tick in seconds. Conditions are checked at wall-clock multiples of it.',
  }),
  randomize_checks_within_ticks: booleanField({
    fallback: false,
    doc: 'Spread the checks of command, lua, dbus, wmi and bucket conditions at random over the tick.',
  }),
  tags: tagsField(),
} as const;

/** Globals take effect at start; a reload checks them and keeps the running ones. */
export type Globals = Values<typeof globalFields>;
