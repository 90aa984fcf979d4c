/** Returns what an error says: its message, or as text what was thrown instead of one. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Returns the code that the system or Node gave to an error, such as `ENOENT`; without one an empty text. */
export const codeOf = (error: unknown): string => (error as { readonly code?: string }).code ?? '';
