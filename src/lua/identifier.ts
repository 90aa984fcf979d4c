/** Names of locks, of shared states and of state keys. */
export const isIdentifier = (name: string): boolean => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
