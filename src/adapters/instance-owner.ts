/** How long an instance may take to say who it is, ms. */
const PATIENCE_MS = 1000;

/** The instance that has a place. */
export interface RunningInstance {
  readonly pid: number;
  /** Which one it is, in words. */
  readonly description: string;
}

/** Who answers at a path; undefined: nothing that does so in time as an instance does. */
export const findRunningInstance = async (path: string): Promise<RunningInstance | undefined> => {
  try {
    const { sendRequest: call } = await import('./control-client.ts');
    const request = { request: 'status', conditions: [''] } as const;
    const answer = await call(path, request, undefined, AbortSignal.timeout(PATIENCE_MS));
    const { pid, config } = answer as { pid: unknown; config: unknown };
    if (typeof pid !== 'number' || typeof config !== 'string') return undefined;
    return { pid, description: `process ${pid} with ${config}` };
  } catch {
    return undefined;
  }
};
