import { type HeapProfiler, Session } from 'node:inspector';

/** Bytes that are allocated while `run` runs, those collected meanwhile too: counted by the sampling profiler of the heap. */
export const allocatedBy = (run: () => void): number => {
  const session = new Session();
  session.connect();
  const post = (method: string, params: object = {}): unknown => {
    let answer: unknown;
    session.post(method, params, (error, result) => {
      if (error) throw error;
      answer = result;
    });
    return answer;
  };
  try {
    post('HeapProfiler.startSampling', {
      samplingInterval: 128,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    });
    run();
    const { profile } = post('HeapProfiler.stopSampling') as HeapProfiler.StopSamplingReturnType;
    const sum = ({ selfSize, children }: HeapProfiler.SamplingHeapProfileNode): number =>
      children.reduce((bytes, child) => bytes + sum(child), selfSize);
    return sum(profile.head);
  } finally {
    session.disconnect();
  }
};
