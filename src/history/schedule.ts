/** The keys that decide at which instants a condition is true; undefined: it does not go by the clock. */
export const scheduleOf = ({
  type,
  values,
  traits,
}: {
  readonly type: string;
  readonly traits?: { readonly window?: object };
  readonly values: Readonly<Record<string, unknown>>;
}): string | undefined => {
  const window = traits?.window ? [traits.window] : [];
  const zone = values.timezone ?? null;
  if (type === 'time') return JSON.stringify([values.time_specifications, zone, ...window]);
  return values.align === true
    ? JSON.stringify([values.interval ?? values.interval_seconds, zone, ...window])
    : undefined;
};
