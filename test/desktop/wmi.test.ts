import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SCRIPT } from '../../src/adapters/wmi/bridge.ts';
import { createWmi } from '../../src/adapters/wmi/wmi.ts';
import { featuresOn } from '../../src/items/registry.ts';
import { FakeWmi } from '../support/fake-desktop.ts';
import { eventually } from './support/eventually.ts';
import { aloneCondition, aloneEvent, problemsOf } from './support/item.ts';

const scripted = () =>
  createWmi(
    { program: process.execPath, args: [fileURLToPath(new URL('./support/wmi-bridge.mjs', import.meta.url))] },
    { firstMs: 10, mostMs: 50 },
  );

describe('the bridge to WMI, with a script at its other end', () => {
  const wmi = scripted();
  it('answers rows, with the names of fields in lower case and integers of any size', async () => {
    expect(await wmi.query(undefined, 'disks', 5000)).toMatchObject({
      how: 'rows',
      rows: [{ deviceid: 'C:', freespace: 5_000_000_000n, percent: 12.5, boot: true, label: null }, { deviceid: 'D:' }],
    });
    expect(await wmi.query(undefined, 'huge', 5000)).toEqual({
      how: 'rows',
      rows: [{ size: 2n ** 64n - 1n, exact: 9_007_199_254_740_993n }],
    });
  });
  it('writes name spaces with backslashes, and leaves the default one to Windows', async () => {
    expect(await wmi.query('ROOT/CIMV2', 'namespace', 5000)).toEqual({ how: 'rows', rows: [{ name: 'ROOT\\CIMV2' }] });
    expect(await wmi.query(undefined, 'namespace', 5000)).toEqual({ how: 'rows', rows: [{ name: 'default' }] });
  });
  it('answers what is wrong with a query', async () => {
    expect(await wmi.query(undefined, 'bad', 5000)).toEqual({ how: 'error', reason: 'Invalid query' });
  });
  it('gives up what hangs and is started anew, also after it has died', async () => {
    expect(await wmi.query(undefined, 'hang', 100)).toEqual({ how: 'error', reason: 'no answer within 0.1 s' });
    expect(await wmi.query(undefined, 'none', 5000)).toEqual({ how: 'rows', rows: [] });
    expect(await wmi.query(undefined, 'die', 5000)).toMatchObject({
      how: 'error',
      reason: expect.stringMatching(/has ended \(3\)/),
    });
    expect(await wmi.query(undefined, 'none', 5000)).toEqual({ how: 'rows', rows: [] });
  });
  it('serves many requests at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => wmi.query(undefined, i % 2 ? 'disks' : 'none', 5000)),
    );
    expect(answers.map((answer) => (answer.how === 'rows' ? answer.rows.length : -1))).toEqual(
      Array.from({ length: 100 }, (_, i) => (i % 2 ? 2 : 0)),
    );
  });
  it('tells the idle time', async () => {
    expect(await wmi.idle()).toBe(4711);
  });
  it.each([
    ['events', ['subscribed', 'notified']],
    ['failing', ['subscribed', 'failed: quota', 'subscribed']],
    ['mortal', ['subscribed', expect.stringMatching(/^failed: .*has ended \(1\)/), 'subscribed']],
    ['bad', ['failed: Invalid query']],
  ])('tells what becomes of a subscription: %s', async (query, expected) => {
    const said: string[] = [];
    const own = scripted();
    const subscription = own.subscribe(undefined, query, {
      subscribed: () => said.push('subscribed'),
      failed: (reason) => said.push(`failed: ${reason}`),
      notified: () => said.push('notified'),
    });
    await subscription.ready;
    await eventually(() => said.length >= expected.length, `what is told: ${said}`);
    subscription.close();
    expect(said.slice(0, expected.length)).toEqual(expected);
  });
  it('says that there is no PowerShell', async () => {
    const none = createWmi({ program: '/nowhere/powershell', args: [] });
    expect(await none.query(undefined, 'none', 5000)).toMatchObject({
      how: 'error',
      reason: expect.stringContaining('cannot be started'),
    });
  });
  it('answers every operation of the protocol in PowerShell', () => {
    for (const op of ['query', 'subscribe', 'unsubscribe', 'idle']) expect(SCRIPT).toContain(`'${op}' {`);
    // Everything in one argument of a command line, which Windows limits.
    expect(Buffer.from(SCRIPT, 'utf16le').toString('base64').length).toBeLessThan(30_000);
  });
});

describe('WMI conditions', () => {
  const rows = [
    { id: 'C:', free: 5n, share: 12.5, boot: true, label: null },
    { id: 'D:', free: 700n, share: 90, boot: false, label: 'Data', huge: 2n ** 63n },
  ];
  const verdict = async (checks: readonly string[] | undefined, all = false) => {
    const wmi = new FakeWmi();
    wmi.result = { how: 'rows', rows };
    const keys = checks === undefined ? '' : `result_check = [${checks.join(', ')}]\nresult_check_all = ${all}`;
    const condition = await aloneCondition('wmi', `query = "SELECT"\n${keys}`, { wmi }, 'win32');
    const { kind } = await condition.check();
    return { kind, warned: condition.lines().filter((line) => line.startsWith('warn')) };
  };
  const check = (field: string, operator: string, value: string, index?: number) =>
    `{ field = "${field}", operator = "${operator}", value = ${value}${index === undefined ? '' : `, index = ${index}`} }`;
  const YES = check('free', 'gt', '100');
  const NO = check('free', 'gt', '1000');

  it.each([
    [check('FREE', 'eq', '5'), true],
    [check('free', 'lt', '5.5'), true],
    [check('free', 'eq', '700', 1), true],
    [check('free', 'eq', '700', 0), false],
    [check('share', 'ge', '90'), true],
    [check('share', 'eq', '12.5'), true],
    [check('boot', 'eq', 'true'), true],
    [check('boot', 'neq', 'true', 1), true],
    [check('id', 'eq', '"D:"'), true],
    [check('id', 'gt', '"C:"'), true],
    [check('id', 'lt', '"C:"'), false],
    [check('label', 'match', '"^Da"'), true],
    [check('label', 'match', '"^da"'), false],
    [check('label', 'eq', '"Data"', 0), false],
    [check('free', 'eq', '"5"'), false],
    [check('boot', 'eq', '1'), false],
    [check('huge', 'gt', '5', 1), false],
  ])('%s: %s', async (one, expected) => {
    expect((await verdict([one])).kind).toBe(expected ? 'passed' : 'failed');
  });
  it.each([
    [undefined, false, 'passed'],
    [[], false, 'passed'],
    [[], true, 'passed'],
    [[NO, YES], false, 'passed'],
    [[YES, NO], true, 'failed'],
    [[YES, check('free', 'lt', '10')], true, 'passed'],
  ] as const)('%j, all %s: %s', async (checks, all, expected) => {
    expect((await verdict(checks, all)).kind).toBe(expected);
  });
  it('warn of a row or field that is not there, and count it as false', async () => {
    expect(await verdict([check('free', 'eq', '5', 2)])).toEqual({
      kind: 'failed',
      warned: ['warn PROC/FAIL wmi: a check could not be made: check 1: there is no row 2, there are 2'],
    });
    expect(await verdict([check('none', 'eq', '5')])).toEqual({
      kind: 'failed',
      warned: ['warn PROC/FAIL wmi: a check could not be made: check 1: there is no field none'],
    });
    expect(await verdict([check('none', 'eq', '5'), YES])).toEqual({ kind: 'passed', warned: [] });
  });
  it('are negative without rows and errors when the query fails; both count as failed checks', async () => {
    const wmi = new FakeWmi();
    const condition = await aloneCondition(
      'wmi',
      'query = "SELECT"\nnamespace = "ROOT/WMI"\nrecur_after_failed_check = true',
      { wmi },
      'win32',
    );
    const kinds: string[] = [];
    for (const result of ['rows', 'rows', 'none', 'rows', 'error', 'rows'] as const) {
      wmi.result =
        result === 'error' ? { how: 'error', reason: 'boom' } : { how: 'rows', rows: result === 'rows' ? rows : [] };
      kinds.push((await condition.check()).kind);
    }
    expect(kinds).toEqual(['passed', 'failed', 'failed', 'passed', 'error', 'passed']);
    expect(wmi.queries[0]).toEqual({ namespace: 'ROOT/WMI', query: 'SELECT' });
  });
  it.each([
    [check('a', 'gt', 'true'), 'booleans cannot be compared by gt'],
    [check('a', 'match', '5'), 'numbers cannot be compared by match'],
    [check('a', 'match', '"("'), 'not a regular expression'],
    [check('a', 'contains', '"x"'), 'expected one of eq'],
  ])('%s is refused at load: %s', async (one, expected) => {
    const toml = `[[condition]]\nname = "C"\ntype = "wmi"\nquery = "SELECT"\nresult_check = [${one}]\n`;
    expect((await problemsOf(toml, 'win32')).join()).toContain(expected);
  });
});

describe('WMI events', () => {
  it('fire with each notification, and warn of what does not work', async () => {
    const wmi = new FakeWmi();
    const event = await aloneEvent('wmi', 'query = "SELECT * FROM __InstanceCreationEvent WITHIN 1"', { wmi }, 'win32');
    for (const listener of wmi.listeners) {
      listener.notified();
      listener.notified();
      listener.failed('quota');
    }
    expect(event.fired.count).toBe(2);
    expect(event.lines()).toContain('warn PROC/ERR not subscribed: quota; trying again');
    event.body.close?.();
    expect(wmi.listeners.size).toBe(0);
  });
});

describe('elsewhere', () => {
  it('WMI items are refused with the reason, and --options leaves wmi out', async () => {
    const toml = '[[condition]]\nname = "C"\ntype = "wmi"\nquery = "SELECT"\n';
    expect((await problemsOf(toml, 'linux')).join()).toContain('items of type wmi exist on Windows only');
    expect(await problemsOf(toml, 'win32')).toEqual([]);
    expect(featuresOn('linux')).toEqual(['dbus', 'lua_sync', 'lua_httpreq']);
    expect(featuresOn('darwin')).toEqual(['dbus', 'lua_sync', 'lua_httpreq']);
    expect(featuresOn('win32')).toEqual(['wmi', 'lua_sync', 'lua_httpreq']);
  });
});
