/** What `--version` says after the name of the program. */
export const VERSION = '2.0.0';
