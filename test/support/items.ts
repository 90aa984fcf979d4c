/** A tick of 5 s. */
export const TICK = 'scheduler_tick_seconds = 5\n';
/** A command task whose program has its name; it succeeds with status 0. */
export const task = (name: string, more = ''): string =>
  `[[task]]\nname = "${name}"\ntype = "command"\nstartup_path = "/"\ncommand = "${name}"\ncommand_arguments = []\nsuccess_status = 0\n${more}\n`;
/** An interval condition. */
export const interval = (name: string, seconds: number, more = 'recurring = true', tasks = '["T"]'): string =>
  `[[condition]]\nname = "${name}"\ntype = "interval"\ninterval_seconds = ${seconds}\ntasks = ${tasks}\n${more}\n`;
/** A bucket condition with the cli event `Go`. */
export const bucket = (name: string): string =>
  `[[condition]]\nname = "${name}"\ntype = "bucket"\nrecurring = true\ntasks = ["T"]\n[[event]]\nname = "Go"\ntype = "cli"\ncondition = "${name}"\n`;
