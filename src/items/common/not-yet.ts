/** Why a kind whose keys are known cannot be used in this version. */
export const notYet = (what: string): string => `${what} are not available yet in this version`;
