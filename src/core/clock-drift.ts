/** Reading the two clocks one after the other can put them this many ms apart. */
export const READING_MS = 50;
/** How much of the time between two ticks the clocks may drift apart meanwhile. */
const RATE = 0.001;

/**
 * How many ms before an instant planned for a tick a tick can be and still be that one: ticks fall on the wall clock, and waits are
 * counted on the monotonic clock. Without this, a reading that is off by less than a ms costs a whole tick.
 * @param waitMs the time from the tick it was planned at.
 */
export const driftMs = (waitMs: number, tickMs: number): number => Math.min(tickMs / 2, READING_MS + waitMs * RATE);
