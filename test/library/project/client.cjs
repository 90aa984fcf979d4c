// The same in CommonJS, without closing the client: the process ends by itself.
const { writeFileSync } = require('node:fs');
const { connect, NotRunningError } = require('whenever');

const main = async () => {
  const [, , file, socket] = process.argv;
  const refused = await connect({ socket: `${socket}.not` }).catch((error) => error);
  const client = await connect({ socket, reconnect: true });
  const { pid, requests } = await client.hello();
  const run = await client.run('OnDemand');
  const result = { refused: refused instanceof NotRunningError, pid, asked: requests.includes('hello'), run };
  writeFileSync(file, JSON.stringify(result));
};
void main();
