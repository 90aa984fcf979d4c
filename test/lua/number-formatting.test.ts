import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponential, fixed, floatToString, general, hexadecimal } from '../../src/lua/number-formatting.ts';

// The right column is what printf of C writes.
describe('a number as printf of C writes it', () => {
  it.each<[string, string]>([
    [fixed(0.5, 0), '0'],
    [fixed(1.5, 0), '2'],
    [fixed(2.5, 0), '2'],
    [fixed(0.125, 2), '0.12'],
    [fixed(0.375, 2), '0.38'],
    [fixed(2.675, 2), '2.67'],
    [fixed(317721.993741706, 25), '317721.9937417060136795043945312'],
    [fixed(1e22, 1), '10000000000000000000000.0'],
    [fixed(0.1, 20), '0.10000000000000000555'],
  ])('fixed: %s is %s', (text, wanted) => expect(text).toBe(wanted));

  it.each<[string, string]>([
    [exponential(12345.678, 6), '1.234568e+04'],
    [exponential(0, 2), '0.00e+00'],
    [exponential(8.5, 0), '8e+00'],
    [exponential(9.5, 0), '1e+01'],
    [exponential(5e-324, 3), '4.941e-324'],
    [exponential(1e100, 0), '1e+100'],
  ])('exponential: %s is %s', (text, wanted) => expect(text).toBe(wanted));

  it.each<[string, string]>([
    [general(100000, 6), '100000'],
    [general(1e6, 6), '1e+06'],
    [general(0.0001, 6), '0.0001'],
    [general(0.00001, 6), '1e-05'],
    [general(999999.5, 6), '1e+06'],
    [general(1.5, 6, true), '1.50000'],
    [general(0, 0), '0'],
    [general(0.1, 17), '0.10000000000000001'],
  ])('general: %s is %s', (text, wanted) => expect(text).toBe(wanted));

  it.each<[string, string]>([
    [hexadecimal(1), '0x1p+0'],
    [hexadecimal(0.1), '0x1.999999999999ap-4'],
    [hexadecimal(0), '0x0p+0'],
    [hexadecimal(1.5, 0), '0x2p+0'],
    [hexadecimal(1.03125, 1), '0x1.0p+0'],
    [hexadecimal(3, 4), '0x1.8000p+1'],
  ])('hexadecimal: %s is %s', (text, wanted) => expect(text).toBe(wanted));
});

describe('a float as tostring shows it', () => {
  it.each<[number, string]>([
    [1e14, '1e+14'],
    [12345678901234.5, '12345678901234'],
    [1e13, '10000000000000'],
    [1e-5, '1e-05'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf'],
    [Number.NaN, 'nan'],
    [-0, '-0'],
    [-2.5, '-2.5'],
  ])('%s is %s', (n, wanted) => expect(floatToString(n)).toBe(wanted));

  it('is the number again with 17 digits, and nearly with 14', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: 0, noDefaultInfinity: true }), (n) => {
        expect(Number(general(n, 17))).toBe(n);
        expect(Math.abs(Number(floatToString(n)) - n)).toBeLessThanOrEqual(n * 1e-13 + 5e-324);
      }),
    );
  });
});
