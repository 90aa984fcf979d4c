import { afterEach, beforeEach } from 'vitest';
import { NatsServer } from './nats-server.ts';
import { Place, type Program, TICK } from './program.ts';

/** A real server for each test of a file, and programs that are machines of its fleet. */
export const fleetMachines = () => {
  const server = new NatsServer();
  const places: Place[] = [];
  beforeEach(() => server.start());
  afterEach(async () => {
    for (const place of places) await place.clear();
    await server.remove();
  });
  /** A directory that is removed after the test. */
  const newPlace = (): Place => {
    const place = new Place();
    places.push(place);
    return place;
  };
  /** Starts a machine. @param keys more keys of `[fleet]` @param items the tables of its file @param args more arguments */
  const machine = (name: string, keys: string, items: string, ...args: readonly string[]): Program => {
    return newPlace().start(['--log-json', '-L', 'info', ...args], {
      env: { NAME: name },
      toml: `${TICK}[fleet]\nservers = ["${server.url}"]\nname = "${name}"\n${keys}\n${items}`,
    });
  };
  return { server, machine, newPlace };
};
