import type { Registry } from '../config/load.ts';
import { bucket, eventCondition } from './bucket.ts';
import { cliEvent } from './cli-event.ts';
import { commandCondition } from './command-condition.ts';
import { commandTask } from './command-task.ts';
import { conditionFields, eventFields, taskFields } from './common/common-fields.ts';
import { readWindow, windowFields } from './common/window-fields.ts';
import { dbusCondition } from './dbus-condition.ts';
import { dbusEvent } from './dbus-event.ts';
import { fschangeEvent } from './fschange-event.ts';
import { idle } from './idle.ts';
import { internalTask } from './internal-task.ts';
import { interval } from './interval.ts';
import { luaCondition } from './lua-condition.ts';
import { luaTask } from './lua-task.ts';
import { session } from './session.ts';
import { time } from './time.ts';
import { wmiCondition } from './wmi-condition.ts';
import { wmiEvent } from './wmi-event.ts';

/** The lists of kinds: what a file can contain, in the order of the manual. */
export const registry: Registry = {
  task: { common: taskFields, kinds: [commandTask, luaTask, internalTask] },
  condition: {
    common: conditionFields,
    window: { fields: windowFields, compile: readWindow },
    kinds: [
      interval,
      time,
      idle,
      session,
      commandCondition,
      luaCondition,
      dbusCondition,
      wmiCondition,
      bucket,
      eventCondition,
    ],
  },
  event: { common: eventFields, kinds: [fschangeEvent, dbusEvent, wmiEvent, cliEvent] },
};

/** The words `--options` may print, in the order wrappers know, with what they stand for. */
export const FEATURES = ['dbus', 'wmi', 'lua_sync', 'lua_httpreq', 'lua_unsafe'] as const;
/** The optional features of this version on a platform, as Node names it. */
export const featuresOn = (platform: string): readonly (typeof FEATURES)[number][] => [
  platform === 'win32' ? 'wmi' : 'dbus',
  'lua_sync',
  'lua_httpreq',
];
