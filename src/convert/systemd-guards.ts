import { commandKeys } from './command-keys.ts';
import type { ConvertedItem } from './document.ts';
import type { ConvertHost, SourceProblem } from './host.ts';
import { type UniqueNames, validName } from './names.ts';
import { shellQuote } from './shell.ts';
import { readExec } from './systemd-exec.ts';
import type { Specifiers } from './systemd-values.ts';
import { type Unit, wrongValue } from './unit-file.ts';

/** Conditions of units that a command can check, with `{}` for their value. */
const CHECKS: Readonly<Record<string, string>> = {
  PathExists: 'test -e {}',
  PathExistsGlob: 'ls -d -- {glob} >/dev/null 2>&1',
  PathIsDirectory: 'test -d {}',
  PathIsSymbolicLink: 'test -L {}',
  PathIsMountPoint: 'mountpoint -q -- {}',
  PathIsReadWrite: 'test -w {}',
  DirectoryNotEmpty: 'test -n "$(ls -A -- {} 2>/dev/null)"',
  FileNotEmpty: 'test -s {}',
  FileIsExecutable: 'test -f {} -a -x {}',
  Host: 'test "$(hostname)" = {}',
  User: 'test "$(id -un)" = {}',
};

/** On AC power, as UPower says. */
const powerGuard = (name: string, onPower: boolean): ConvertedItem => ({
  section: 'condition',
  keys: {
    name,
    type: 'dbus',
    bus: ':system',
    service: 'org.freedesktop.UPower',
    object_path: '/org/freedesktop/UPower',
    interface: 'org.freedesktop.DBus.Properties',
    method: 'Get',
    parameter_call: ['org.freedesktop.UPower', 'OnBattery'],
    parameter_check: [{ index: 0, operator: 'eq', value: !onPower }],
  },
});

/** Makes guards of the conditions of a unit. */
export class UnitGuards {
  /** Conditions without tasks. */
  readonly items: ConvertedItem[] = [];
  readonly notes: string[] = [];
  readonly differs: string[] = [];
  readonly lost: string[] = [];
  readonly problems: SourceProblem[] = [];
  readonly #unit: Unit;
  readonly #specifiers: Specifiers;
  readonly #names: UniqueNames;
  readonly #host: ConvertHost;

  constructor(unit: Unit, specifiers: Specifiers, names: UniqueNames, host: ConvertHost) {
    this.#unit = unit;
    this.#specifiers = specifiers;
    this.#names = names;
    this.#host = host;
    this.#conditions();
  }

  /** Conditions of the unit and ExecCondition= as guards. */
  #conditions(): void {
    const unit = this.#unit;
    for (const kind of ['Condition', 'Assert'] as const) {
      const power = unit.last('Unit', `${kind}ACPower`);
      if (power !== undefined) this.#addPower(unit.flag('Unit', `${kind}ACPower`), kind);
      for (const [name, check] of Object.entries(CHECKS))
        for (const { value } of unit.all('Unit', `${kind}${name}`)) this.#addCheck(kind, name, check, value);
    }
    for (const assignment of unit.all('Service', 'ExecCondition')) {
      const words = readExec(assignment.value, this.#specifiers)?.[0]?.words;
      if (words === undefined) this.problems.push(wrongValue(assignment, 'a command line with closed quotes'));
      else this.#addCommandGuard(words, 'may_run');
    }
  }

  #addPower(onPower: boolean, kind: string): void {
    const name = this.#names.take(onPower ? 'on_power' : 'on_battery');
    this.items.push(powerGuard(name, onPower));
    this.notes.push(`${kind}ACPower=: by UPower`);
  }

  #addCheck(kind: string, name: string, check: string, text: string): void {
    const [, sign = '', value = ''] = /^([|!]*)([\s\S]*)$/.exec(text)!;
    const path = this.#specifiers.replace(value);
    if (sign.includes('|')) {
      this.lost.push(`${kind}${name}=${text}: one of several conditions is enough, which guards cannot say`);
      return;
    }
    if (kind === 'Assert') this.differs.push(`Assert${name}= made the unit fail; here the tasks do not run`);
    const test = check
      .replaceAll('{glob}', path.replace(/[^A-Za-z0-9_@%+=:,./*?[\]-]/g, '\\$&'))
      .replaceAll('{}', shellQuote(path));
    this.#addCommandGuard(['sh', '-c', sign.includes('!') ? `! ${test}` : test], `${name}_${value}`);
  }

  #addCommandGuard(words: readonly string[], wanted: string): void {
    const name = this.#names.take(validName(wanted));
    const keys = commandKeys({ words, directory: '/', environment: {}, judged: true }, this.#host);
    this.items.push({ section: 'condition', keys: { name, type: 'command', ...keys } });
  }
}
