import { useState } from 'preact/hooks';
import { ACTIONS, type ActionName } from '../api.ts';
import { AnswerError, act, store } from './connection.ts';
import { useLive } from './hooks.ts';
import { Dialog } from './parts.tsx';
import { storyLink } from './route.ts';

/** What is asked before an action that loses something. */
const QUESTIONS: Partial<Readonly<Record<ActionName, string>>> = {
  cancel: 'Its run is ended, and what is queued or held is dropped.',
  reset: 'It begins anew, as after a start: retries and an end of its recurrence are forgotten.',
};

/** Asks the server, and shows the answer at the top of the page. */
export const perform = async (action: ActionName, name?: string, more?: string): Promise<void> => {
  const what = name === undefined ? action : `${action} ${name}`;
  const since = Date.now();
  store.set({ said: { text: `${what}: asked …`, bad: false } });
  try {
    const answer = await act(action, { ...(name === undefined ? {} : { name }), ...(more ? { more } : {}) });
    const of = answer.run?.id ?? answer.cause;
    store.set({
      said: {
        text: `${what}: ${answer.said}`,
        bad: answer.kind !== 'done',
        ...(of === undefined ? {} : { link: { to: storyLink(of), text: of } }),
        ...(action === 'run' && name !== undefined ? { run: { condition: name, since } } : {}),
      },
    });
  } catch (error) {
    const text = error instanceof AnswerError ? error.message : 'the server of this page cannot be reached';
    store.set({ said: { text: `${what}: ${text}`, bad: true } });
  }
};

/** Whether actions are offered: not with `--read-only`, and not while no instance runs. */
export const useActions = (): boolean =>
  useLive(({ overview }) => overview !== null && !overview.readOnly && overview.instance.state === 'running');

/** A button for an action; one that loses something asks first. */
export const ActionButton = ({
  action,
  name,
  label,
}: {
  readonly action: ActionName;
  readonly name?: string;
  readonly label: string;
}) => {
  const [asking, setAsking] = useState(false);
  const question = QUESTIONS[action];
  const begin = (): void => {
    setAsking(false);
    void perform(action, name);
  };
  return (
    <>
      <button
        type="button"
        data-action={action}
        title={ACTIONS[action].help}
        aria-label={name === undefined ? label : `${label} ${name}`}
        onClick={() => (question === undefined ? begin() : setAsking(true))}
      >
        {label}
      </button>
      {asking && (
        <Dialog title={`${label} ${name ?? ''}?`} onClose={() => setAsking(false)}>
          <p>{question}</p>
          <p class="buttons">
            <button type="button" onClick={begin}>
              {label}
            </button>
            <button type="button" onClick={() => setAsking(false)}>
              Leave it
            </button>
          </p>
        </Dialog>
      )}
    </>
  );
};

/** Chooses an event and its data. */
const TriggerDialog = ({ events, onClose }: { readonly events: readonly string[]; readonly onClose: () => void }) => {
  const [name, setName] = useState(events[0] ?? '');
  const [data, setData] = useState('');
  const isJson = (): boolean => {
    try {
      JSON.parse(data);
      return true;
    } catch {
      return data.trim() === '';
    }
  };
  return (
    <Dialog title="Trigger an event" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isJson()) return;
          onClose();
          void perform('trigger', name, data.trim());
        }}
      >
        <p>
          <label>
            Event{' '}
            <select value={name} onChange={({ currentTarget }) => setName(currentTarget.value)}>
              {events.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
        </p>
        <p>
          <label>
            Data, as JSON (may be empty){' '}
            <input
              value={data}
              aria-invalid={!isJson()}
              placeholder='{"path": "a.txt"}'
              onInput={({ currentTarget }) => setData(currentTarget.value)}
            />
          </label>
          {!isJson() && <span role="alert"> This is not JSON.</span>}
        </p>
        <p class="buttons">
          <button type="submit">Trigger</button>
          <button type="button" onClick={onClose}>
            Leave it
          </button>
        </p>
      </form>
    </Dialog>
  );
};

/** The buttons of one condition. */
export const ConditionActions = ({ name, group }: { readonly name: string; readonly group: string }) => {
  if (!useActions()) return null;
  return (
    <fieldset class="buttons" aria-label={`Actions on ${name}`}>
      {group === 'running' || group === 'queued' || group === 'held' ? (
        <ActionButton action="cancel" name={name} label="Cancel" />
      ) : (
        <ActionButton action="run" name={name} label="Run now" />
      )}
      {group === 'suspended' ? (
        <ActionButton action="unsuspend" name={name} label="Resume" />
      ) : (
        <ActionButton action="suspend" name={name} label="Suspend" />
      )}
      <ActionButton action="reset" name={name} label="Reset" />
    </fieldset>
  );
};

/** The buttons of the scheduler. */
export const SchedulerActions = () => {
  const offered = useActions();
  const state = useLive(({ overview }) => overview?.status?.state);
  const running = useLive(({ overview }) => overview?.instance.state === 'running');
  const events = useLive(({ overview }) => overview?.events ?? []);
  const [triggering, setTriggering] = useState(false);
  if (!offered || !running) return null;
  return (
    <fieldset class="buttons" aria-label="Actions on the scheduler">
      {state === 'paused' ? (
        <ActionButton action="resume" label="Resume all" />
      ) : (
        <ActionButton action="pause" label="Pause all" />
      )}
      <ActionButton action="reload" label="Reload the file" />
      {events.length > 0 && (
        <button type="button" onClick={() => setTriggering(true)}>
          Trigger an event …
        </button>
      )}
      {triggering && <TriggerDialog events={events} onClose={() => setTriggering(false)} />}
    </fieldset>
  );
};
