// Asks the instance whose socket is named, in a module: what came of it goes to the file that is named.
import { writeFileSync } from 'node:fs';
import { connect, NotRunningError } from 'whenever';

const [, , file, socket] = process.argv;
const refused = await connect({ socket: `${socket}.not` }).catch((error) => error);
const client = await connect({ socket });
const stream = client.events('mine');
await stream.opened;
await client.logEvent('mine', { n: 1 });
const { value: event } = await stream.next();
const run = await client.run('OnDemand');
const runs = [];
for await (const one of client.history({ limit: 1 })) runs.push(one.outcome);
await client.close();
const result = { refused: refused instanceof NotRunningError, name: refused.name, event: event.message, run, runs };
writeFileSync(file, JSON.stringify({ ...result, ended: (await stream.next()).done }));
