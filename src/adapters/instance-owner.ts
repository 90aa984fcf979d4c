/** How long an instance may take to say who it is, ms. */
const PATIENCE_MS = 1000;

/** The instance that has a place. */
export interface Owner {
  readonly pid: number;
  /** Which one it is, in words. */
  readonly words: string;
}

/** Who answers at a path; undefined: nothing that does so in time as an instance does. */
export const ownerOf = async (path: string): Promise<Owner | undefined> => {
  try {
    const { call } = await import('./caller.ts');
    const request = { request: 'status', conditions: [''] } as const;
    const answer = await call(path, request, undefined, AbortSignal.timeout(PATIENCE_MS));
    const { pid, config } = answer as { pid: unknown; config: unknown };
    if (typeof pid !== 'number' || typeof config !== 'string') return undefined;
    return { pid, words: `process ${pid} with ${config}` };
  } catch {
    return undefined;
  }
};
