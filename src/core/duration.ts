const two = (n: number): string => (n < 10 ? `0${n}` : String(n));

/** A duration as people read it: `45 s`, `12 min`, `3 h 05 min`, `2 d 4 h`. */
export const showDuration = (ms: number): string => {
  const s = Math.round(ms / 1000);
  if (s < 60) return ms < 9950 && ms % 1000 !== 0 ? `${(ms / 1000).toFixed(1)} s` : `${s} s`;
  if (s < 3600) return s % 60 === 0 ? `${s / 60} min` : `${Math.floor(s / 60)} min ${two(s % 60)} s`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${two(Math.floor((s % 3600) / 60))} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`;
};
