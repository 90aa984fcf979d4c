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

test('a finding has its item, its place and its help, where it has them', () => {
  const bare = { id: 'syntax', level: 'error', file: 'a.toml', message: 'wrong' } as const;
  const [first, second] = (
    sarif([bare, { ...bare, item: 'condition C', line: 3, column: 5, help: 'write it so' }]) as {
      readonly runs: readonly [{ readonly results: readonly object[] }];
    }
  ).runs[0].results;
  expect(first).toMatchObject({ message: { text: 'wrong' } });
  expect(JSON.stringify(first)).not.toMatch(/region|logicalLocations/);
  expect(second).toMatchObject({
    message: { text: 'condition C: wrong\nwrite it so' },
    locations: [
      {
        physicalLocation: { region: { startLine: 3, startColumn: 5 } },
        logicalLocations: [{ name: 'condition C' }],
      },
    ],
  });
});
