import type { BusValue } from '../../core/ports.ts';

/** True for values with an infinity or a NaN in them. */
export const hasSpecialNumber = (value: BusValue): boolean => {
  switch (value.type) {
    case 'd':
      return !Number.isFinite(value.value);
    case 'v':
      return hasSpecialNumber(value.value);
    case 'array':
    case 'struct':
      return value.items.some(hasSpecialNumber);
    case 'dict':
      return value.entries.some(([key, item]) => hasSpecialNumber(key) || hasSpecialNumber(item));
    default:
      return false;
  }
};

/**
 * D-Bus knows infinities and NaN; dbus-native asks these two functions and refuses to write them. While `write` runs, which
 * has to be synchronous, they answer that all is well.
 */
export const withSpecialNumbers = (write: () => void): void => {
  const { isFinite: finite, isNaN: notANumber } = Number;
  Number.isFinite = () => true;
  Number.isNaN = () => false;
  try {
    write();
  } finally {
    Number.isFinite = finite;
    Number.isNaN = notANumber;
  }
};
