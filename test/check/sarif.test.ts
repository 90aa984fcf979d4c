import { expect, test } from 'vitest';
import { sarif } from '../../src/check/sarif.ts';

test.each([
  ['my dir/a#b?.toml', 'my%20dir/a%23b%3F.toml'],
  ['/srv/100%.toml', '/srv/100%25.toml'],
  ['a:b.toml', './a:b.toml'],
  ['C:\\Users\\me\\my.toml', 'file:///C:/Users/me/my.toml'],
])('the path %s is the URI %s', (file, uri) => {
  const log = sarif([{ id: 'syntax', level: 'error', file, message: 'wrong' }]);
  expect(log).toMatchObject({
    runs: [{ results: [{ locations: [{ physicalLocation: { artifactLocation: { uri } } }] }] }],
  });
});
