/** Returns what an error says: its message, or as text what was thrown instead of one. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
