import { expect, test } from 'vitest';
import { messageOf } from '../../src/error-message.ts';

test.each<[unknown, string]>([
  [new TypeError('no such file'), 'no such file'],
  ['a text', 'a text'],
  [undefined, 'undefined'],
  [7, '7'],
])('%o was thrown: the message is "%s"', (thrown, message) => {
  expect(messageOf(thrown)).toBe(message);
});
