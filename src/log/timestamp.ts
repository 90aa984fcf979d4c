const two = (n: number): string => (n < 10 ? `0${n}` : String(n));
const three = (n: number): string => (n < 10 ? `00${n}` : n < 100 ? `0${n}` : String(n));

let second = Number.NaN;
let text = '';

/** Local time as `YYYY-MM-DDTHH:MM:SS.mmm`, without a zone. `time` is wall-clock ms. */
export const timestamp = (time: number): string => {
  const whole = Math.floor(time / 1000);
  if (whole !== second) {
    const d = new Date(whole * 1000);
    const year = d.getFullYear();
    text = `${year < 1000 ? String(year).padStart(4, '0') : year}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.`;
    second = whole;
  }
  return text + three(Math.floor(time) - whole * 1000);
};
