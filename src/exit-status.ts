/** Exit statuses of a daemon: how it ended, or that its start was refused. */
export const STATUS = { exit: 0, kill: 1, refused: 2, crashed: 70 } as const;
