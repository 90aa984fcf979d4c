import type { TomlValue } from './toml.ts';

type Keys = Readonly<Record<string, TomlValue>>;

/** What an event of When becomes. */
export interface StockEvent {
  /** An event of D-Bus, without its name and condition. */
  readonly event?: Keys;
  /** A condition that is asked in the place of an event, without its name. */
  readonly condition?: Keys;
  readonly differs?: string;
}

const signal = (bus: 'session' | 'system', rule: string, ...checks: readonly TomlValue[]): StockEvent => ({
  event: {
    type: 'dbus',
    bus: `:${bus}`,
    rule: `type='signal',${rule}`,
    ...(checks.length > 0 ? { parameter_check: checks.map((value) => ({ index: 0, operator: 'eq', value })) } : {}),
  },
});

const LOGIN = "interface='org.freedesktop.login1.Manager',member='PrepareForSleep'";
const SESSION = "interface='org.freedesktop.login1.Session',member=";
const SAVER = "interface='org.freedesktop.ScreenSaver',member='ActiveChanged'";
const NETWORK = "interface='org.freedesktop.NetworkManager',member='StateChanged'";
const OBJECTS = "sender='org.freedesktop.UDisks2',interface='org.freedesktop.DBus.ObjectManager',member=";

/** A property of UPower that is asked once a minute, and counts when it has changed. */
const power = (path: string, of: string, property: string, operator: string, value: TomlValue): StockEvent => ({
  condition: {
    type: 'dbus',
    bus: ':system',
    service: 'org.freedesktop.UPower',
    object_path: path,
    interface: 'org.freedesktop.DBus.Properties',
    method: 'Get',
    parameter_call: [of, property],
    parameter_check: [{ index: 0, operator, value }],
    check_after: 60,
    recur_after_failed_check: true,
  },
  differs: 'it was a signal; here UPower is asked once a minute, and it also counts when it is so at the start',
});

const POWER = '/org/freedesktop/UPower';

/** The events of When that have an equivalent. */
export const STOCK_EVENTS: Readonly<Record<string, StockEvent>> = {
  system_suspend: signal('system', LOGIN, true),
  system_resume: signal('system', LOGIN, false),
  session_lock: {
    ...signal('system', `${SESSION}'Lock'`),
    differs: 'it depends on the desktop whether the signal Lock of logind comes',
  },
  session_unlock: {
    ...signal('system', `${SESSION}'Unlock'`),
    differs: 'it depends on the desktop whether the signal Unlock of logind comes',
  },
  screensaver: {
    ...signal('session', SAVER, true),
    differs: 'it depends on the desktop whether org.freedesktop.ScreenSaver sends its signal',
  },
  screensaver_exit: {
    ...signal('session', SAVER, false),
    differs: 'it depends on the desktop whether org.freedesktop.ScreenSaver sends its signal',
  },
  network_join: signal('system', NETWORK, 50, 60, 70),
  network_leave: signal('system', NETWORK, 20),
  device_attach: {
    ...signal('system', `${OBJECTS}'InterfacesAdded'`),
    differs: 'UDisks2 sends several signals for one device: they are one event within a tick',
  },
  device_detach: {
    ...signal('system', `${OBJECTS}'InterfacesRemoved'`),
    differs: 'UDisks2 sends several signals for one device: they are one event within a tick',
  },
  battery_charge: power(POWER, 'org.freedesktop.UPower', 'OnBattery', 'eq', false),
  battery_discharging: power(POWER, 'org.freedesktop.UPower', 'OnBattery', 'eq', true),
  battery_low: power(`${POWER}/devices/DisplayDevice`, 'org.freedesktop.UPower.Device', 'WarningLevel', 'ge', 3),
};
