/** The version of this program, as `--version` tells it. */
export const VERSION = '2.0.0';
