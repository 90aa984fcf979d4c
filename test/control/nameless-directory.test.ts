import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { socketPath } from '../../src/adapters/socket-path.ts';

vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  userInfo: () => {
    throw new Error('uv_os_get_passwd returned ENOENT');
  },
}));

test('A user whom the list of users does not know, as in a container, has a socket all the same.', () => {
  expect(socketPath({})).toBe(join(tmpdir(), `whenever-${process.getuid?.()}`, 'whenever.sock'));
});
