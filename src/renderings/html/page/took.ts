import { showDuration } from '../../../terminal/instant.ts';
import { showTime } from '../../times.ts';

/** How long, ns, for a person: `850 ns`, `12.3 ms`, `4.56 s`, `2 min 05 s`, `1 h 02 min`. */
export const took = (ns: number): string => (Math.round(ns / 1e9) >= 60 ? showDuration(ns / 1e6) : showTime(ns));
