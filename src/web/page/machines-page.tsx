import { useState } from 'preact/hooks';
import type { NodeReport } from '../../fleet/snapshot.ts';
import type { FleetAnswer } from '../api.ts';
import { useAnswer, useLive, useNow } from './hooks.ts';
import type { PageProps } from './pages.tsx';
import { Badge, Instant, ItemName, Waiting } from './parts.tsx';
import { RunTable } from './runs.tsx';
import { clockDifferenceText, durationText } from './words.ts';

/** How often the servers are asked, in ms. */
const AGAIN_MS = 5000;

const SIGNS = { alive: 'success', silent: 'failure', ended: 'none' } as const;

/** A condition, as a link if the instance of this page has it. */
const ConditionName = ({ name }: { readonly name: string }) => {
  const known = useLive(({ overview }) => overview?.status?.conditions.some((one) => one.name === name) ?? false);
  return known ? <ItemName of={`condition/${name}`} /> : <bdi>{name}</bdi>;
};

const MachineRow = ({ one, now }: { readonly one: NodeReport; readonly now: number }) => (
  <tr class={one.state === 'silent' ? 'bad' : undefined}>
    <th scope="row">
      <bdi>{one.node}</bdi>
    </th>
    <td data-label="State">
      <Badge kind={SIGNS[one.state]}>{one.state}</Badge>
      {one.state !== 'alive' && (
        <span class="below">
          {' '}
          since <Instant at={one.heard} now={now} />
        </span>
      )}
    </td>
    <td data-label="Version">{one.version}</td>
    <td data-label="Tags">{one.tags.join(', ')}</td>
    <td data-label="Clock" class="number">
      {clockDifferenceText(one.skew)}
    </td>
    <td data-label="Shared conditions" class="number">
      {one.shared.length}
    </td>
    <td data-label="Defined otherwise">
      {one.differs.map(({ condition, from }) => (
        <span key={condition} class="why">
          {condition}: on {from.join(', ')}
        </span>
      ))}
    </td>
  </tr>
);

const Machines = ({ machines, now }: { readonly machines: readonly NodeReport[]; readonly now: number }) => (
  <section aria-labelledby="machines">
    <h2 id="machines">
      Machines <span class="count">{machines.length}</span>
    </h2>
    {machines.length === 0 ? (
      <p class="empty">No machine has taken part yet.</p>
    ) : (
      <div class="frame">
        <table class="cards">
          <thead>
            <tr>
              <th scope="col">Machine</th>
              <th scope="col">State</th>
              <th scope="col">Version</th>
              <th scope="col">Tags</th>
              <th scope="col" class="number" title="How far its clock is ahead of that of the server">
                Clock
              </th>
              <th scope="col" class="number">
                Shared conditions
              </th>
              <th scope="col">Defined otherwise</th>
            </tr>
          </thead>
          <tbody>
            {machines.map((one) => (
              <MachineRow key={one.node} one={one} now={now} />
            ))}
          </tbody>
        </table>
      </div>
    )}
  </section>
);

/** What a shared firing is for. */
const ForKey = ({ of, now }: { readonly of: string; readonly now: number }) => {
  if (/^\d{1,16}$/.test(of))
    return (
      <>
        for <Instant at={Number(of)} now={now} />
      </>
    );
  return /^p\d+$/.test(of) ? <>for period {of.slice(1)}</> : null;
};

const Running = ({ answer, now }: { readonly answer: FleetAnswer; readonly now: number }) => {
  const stateOf = (machine: string) => answer.machines.find(({ node }) => node === machine)?.state;
  return (
    <section aria-labelledby="running">
      <h2 id="running">
        Running <span class="count">{answer.running.length}</span>
      </h2>
      {answer.running.length === 0 && <p class="empty">Nothing is running.</p>}
      <ul class="running">
        {answer.running.map(({ machine, condition, key, since }) => {
          const isHeard = stateOf(machine) === 'alive';
          return (
            <li key={`${machine} ${condition} ${key} ${since}`}>
              <Badge kind={isHeard ? 'open' : 'negative'}>{isHeard ? 'running' : 'not known'}</Badge>{' '}
              <ConditionName name={condition} /> on <bdi>{machine}</bdi>{' '}
              <span class="below">
                {key !== undefined && (
                  <>
                    <ForKey of={key} now={now} />,{' '}
                  </>
                )}
                {isHeard ? (
                  `for ${durationText(Math.max(0, Math.floor((now - since) / 1000) * 1000))}`
                ) : (
                  <>
                    since <Instant at={since} now={now} />; its machine is not heard of any more
                  </>
                )}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
};

/** What was read, and what is missing. */
const Notices = ({ answer, now }: { readonly answer: FleetAnswer; readonly now: number }) => (
  <>
    {answer.unreachable && (
      <p class="notice" role="alert">
        No server of the fleet answers
        {answer.read !== null && (
          <>
            {' '}
            since <Instant at={answer.unreachable.since} now={now} />
          </>
        )}
        : {answer.unreachable.why}.{' '}
        {answer.read !== null && 'What is shown is what was known then. The machines go on without it. '}
        This page tries again by itself.
      </p>
    )}
    {answer.missing.map(({ machine, entries }) => (
      <p key={machine} class="notice">
        The log of <bdi>{machine}</bdi> has gaps: {entries} {entries === 1 ? 'entry of it is' : 'entries of it are'}{' '}
        missing, so that runs may be missing here, or have no end.
      </p>
    ))}
  </>
);

/** The machines of the fleet, what they run and have run. */
export const MachinesPage = (_: PageProps) => {
  const [machine, setMachine] = useState('');
  const [failed, setFailed] = useState(false);
  const now = useNow();
  const again = useNow(AGAIN_MS);
  const { answer, error } = useAnswer('fleet', { ...(machine === '' ? {} : { machine }), failed }, again);
  const shown = answer?.runs ?? [];
  return (
    <>
      <h1>Machines</h1>
      {answer === undefined && <Waiting error={error} what="the machines" />}
      {answer !== undefined && error !== undefined && (
        <p class="notice" role="alert">
          What is shown is older: {error}
        </p>
      )}
      {answer && !answer.hasFleet && (
        <p class="empty">
          The file has no fleet: this machine runs all by itself. A table <code>[fleet]</code> with the servers makes it
          share its firings with others.
        </p>
      )}
      {answer?.hasFleet && <Notices answer={answer} now={now} />}
      {answer?.hasFleet && answer.read !== null && (
        <>
          <Machines machines={answer.machines} now={now} />
          <Running answer={answer} now={answer.unreachable ? answer.read : now} />
          <section aria-labelledby="runs">
            <h2 id="runs">Runs</h2>
            <div class="tools">
              <label>
                Machine{' '}
                <select value={machine} onChange={({ currentTarget }) => setMachine(currentTarget.value)}>
                  <option value="">all</option>
                  {answer.machines.map(({ node }) => (
                    <option key={node} value={node}>
                      {node}
                    </option>
                  ))}
                </select>
              </label>
              <label>
                Outcome{' '}
                <select
                  value={failed ? 'failed' : ''}
                  onChange={({ currentTarget }) => setFailed(currentTarget.value === 'failed')}
                >
                  <option value="">all</option>
                  <option value="failed">failed or missed</option>
                </select>
              </label>
            </div>
            {shown.length === 0 ? (
              <p class="empty">No run of the last 24 hours is known.</p>
            ) : (
              <RunTable
                entries={shown.map(({ entry }) => entry)}
                machines={shown.map((one) => one.machine)}
                caption={`${answer.more ? `The last ${shown.length}` : `${shown.length} of the last 24 hours`}, the newest first`}
              />
            )}
          </section>
        </>
      )}
    </>
  );
};
