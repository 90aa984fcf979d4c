import { afterEach, describe, expect, test, vi } from 'vitest';
import { type BusAddress, busAddressList, parseAddresses } from '../../src/adapters/bus/bus-connection.ts';

type Environment = Parameters<typeof busAddressList>[1];

afterEach(() => vi.unstubAllGlobals());
const onPlatform = (platform: NodeJS.Platform): void => {
  vi.stubGlobal('process', Object.create(process, { platform: { value: platform } }));
};

describe('where a bus is', () => {
  const WELL_KNOWN = 'unix:path=/run/dbus/system_bus_socket;unix:path=/var/run/dbus/system_bus_socket';
  test.each<['system' | 'session', NodeJS.Platform, Environment, string | undefined]>([
    ['system', 'linux', {}, WELL_KNOWN],
    ['system', 'linux', { DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/a' }, 'unix:path=/a'],
    ['session', 'linux', { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/b', XDG_RUNTIME_DIR: '/run' }, 'unix:path=/b'],
    ['session', 'linux', { XDG_RUNTIME_DIR: '/run/a;b' }, 'unix:path=%2Frun%2Fa%3Bb%2Fbus'],
    ['session', 'linux', {}, undefined],
    ['session', 'darwin', {}, 'launchd:env=DBUS_LAUNCHD_SESSION_BUS_SOCKET'],
  ])('the %s bus on %s with %o: %s', (bus, platform, environment, address) => {
    onPlatform(platform);
    expect(busAddressList(bus, environment)).toBe(address);
  });
});

describe('an address of a bus', () => {
  test.each<[string, BusAddress[]]>([
    ['unix:path=/run/my%20bus,guid=1f', [{ connect: { path: '/run/my bus' } }]],
    ['unix:abstract=/tmp/bus', [{ connect: { path: '\0/tmp/bus' } }]],
    ['unix:runtime=yes', [{ connect: { path: '/run/user/7/bus' } }]],
    ['unix:runtime=no', [{ address: 'unix:runtime=no' }]],
    ['tcp:host=bus.example,port=55', [{ connect: { host: 'bus.example', port: 55 } }]],
    ['tcp:port=55', [{ connect: { host: 'localhost', port: 55 } }]],
    ['tcp:host=bus.example', [{ address: 'tcp:host=bus.example' }]],
    ['launchd:env=A', [{ address: 'launchd:env=A' }]],
    ['unix:path=/a;;unix:path=/b', [{ connect: { path: '/a' } }, { connect: { path: '/b' } }]],
  ])('%s', (text, places) => {
    expect(parseAddresses(text, { XDG_RUNTIME_DIR: '/run/user/7' })).toEqual(places);
  });

  test('unix:runtime=yes leads nowhere without XDG_RUNTIME_DIR', () => {
    expect(parseAddresses('unix:runtime=yes', {})).toEqual([{ address: 'unix:runtime=yes' }]);
  });
});
