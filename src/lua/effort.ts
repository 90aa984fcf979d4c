/** Work of the interpreter on long texts, in bytes, between two looks at the clock. */
const NOTICE_EVERY = 1024 * 1024;

let sinceNotice = 0;
let notice = (): void => {};

/** `look` is called each time another 1 MiB was read, compared or copied. */
export const onWork = (look: () => void): void => {
  notice = look;
};

/** Counts what an instruction or a short function has done, so that the clock is looked at soon after. */
export const countWork = (bytes: number): void => {
  sinceNotice += bytes;
  if (sinceNotice < NOTICE_EVERY) return;
  sinceNotice = 0;
  notice();
};
