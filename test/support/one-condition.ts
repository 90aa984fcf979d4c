import { TICK, task } from './items.ts';

/** Parts of configurations around the condition `C`, with a tick of 5 s and the task `T`. */
export const around = (toml: string): string => `${TICK}${task('T')}${toml}`;
/** The condition `C` with these keys. */
export const condition = (keys: string, tasks = '["T"]'): string =>
  `[[condition]]\nname = "C"\ntasks = ${tasks}\n${keys}\n`;
/** The keys of an interval. */
export const every = (seconds: number, more = 'recurring = true'): string =>
  `type = "interval"\ninterval_seconds = ${seconds}\n${more}`;
/** The keys of a check by the program `probe`. */
export const probe = (more = ''): string =>
  `type = "command"\ncommand = "probe"\ncommand_arguments = []\nstartup_path = "/"\n${more}`;
/** The keys of a check by a script. */
export const script = (more = 'expected_results = { x = 1 }'): string => `type = "lua"\nscript = "x = 1"\n${more}`;
/** The keys of a check at 02:30. */
export const night = 'type = "time"\ntime_specifications = [{ hour = 2, minute = 30 }]\nrecurring = true';
/** The condition `C` as a bucket, with its event `Go`. */
export const bucket = (more = 'recurring = true'): string =>
  `${condition(`type = "bucket"\n${more}`)}[[event]]\nname = "Go"\ntype = "cli"\ncondition = "C"\n`;
