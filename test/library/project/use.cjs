// The same in CommonJS: two daemons at once.
const { writeFileSync } = require('node:fs');
const whenever = require('whenever');

const config = `
[[task]]
name = "End"
type = "internal"
command = "exit"

[[condition]]
name = "Now"
type = "interval"
interval_seconds = 0
tasks = ["End"]
`;

const main = async () => {
  whenever.enableLogging({ timeline: true });
  const daemons = await Promise.all(
    ['one', 'two'].map((name) => whenever.createDaemon(config, { name, tickSeconds: 0.1 })),
  );
  const endings = await Promise.all(daemons.map((daemon) => daemon.run()));
  const result = { endings, summary: whenever.showLogs(whenever.fetchLogs()), names: Object.keys(whenever) };
  writeFileSync(process.argv[2], JSON.stringify(result));
};
void main();
