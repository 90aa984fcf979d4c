/** The parts of the program that log, each with its actions. Besides, each kind of item has an emitter with the action `new`. */
export const CONTEXTS = {
  MAIN: [
    ...['starting', 'scheduler_tick', 'command', 'reconfigure', 'exit', 'condition_state', 'event_trigger'],
    ...[
      'reset_conditions',
      'suspend_condition',
      'resume_condition',
      'fleet',
      'listener',
      'metrics',
      'otlp',
      'plugin',
      'recording',
    ],
  ],
  CONFIGURATION: ['reconfigure'],
  TASK: ['active', 'exec_lua'],
  TASK_REGISTRY: ['run_seq', 'run_par'],
  CONDITION: ['active', 'exec_lua'],
  CONDITION_REGISTRY: ['new', 'tick', 'reset_conditions', 'suspend_condition'],
  EVENT: ['active'],
  EVENT_REGISTRY: ['install', 'uninstall', 'listener', 'trigger'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
