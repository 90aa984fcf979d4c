/**
 * Whether to write colours: on a terminal that has them, unless NO_COLOR is set. FORCE_COLOR overrides that for other outputs.
 * @param terminal the output is a terminal.
 */
export const wantsColours = (terminal: boolean, env: NodeJS.ProcessEnv = process.env): boolean => {
  const { NO_COLOR, FORCE_COLOR, TERM } = env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return terminal && TERM !== 'dumb';
};
