/** Resolves after so many ms. It does not keep the program from ending. */
export const idleFor = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
