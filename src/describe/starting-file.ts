/** A text as a string of TOML. */
const toml = (text: string): string => (/['\n]/.test(text) ? JSON.stringify(text) : `'${text}'`);

/** The command of the first task and its arguments, for a shell that every machine has. */
const HELLO = {
  win32: 'command = "cmd"\ncommand_arguments = ["/c", "time /t > whenever-hello.txt"]',
  other: 'command = "sh"\ncommand_arguments = ["-c", "date > whenever-hello.txt"]',
} as const;

/** Where things are on the machine that the file is for. */
interface Machine {
  readonly platform: string;
  /** The directory in which the first task runs: it has to exist. */
  readonly home: string;
  /** The schema for editors; undefined: it is not installed. */
  readonly schema?: string;
}

/**
 * The file that `whenever init` writes. Lines that begin with `#` and no blank are parts that can be switched on: each loads as
 * it is.
 */
export const startingFile = ({ platform, home, schema }: Machine): string => `${
  schema === undefined ? '' : `#:schema ${schema}\n`
}# What whenever does for you: tasks are what to do, conditions are when.
# After a change:  whenever check FILE     finds mistakes before anything starts
#                  whenever describe FILE  says in sentences what the file means
# All keys are in the manual: man whenever.toml

# A task: a program and its arguments. No shell takes part unless it is named.
[[task]]
name = "Hello"
type = "command"
${platform === 'win32' ? HELLO.win32 : HELLO.other}
startup_path = ${toml(home)}  # where it runs; ~ is not replaced here
success_status = 0  # without it every exit status is a success

# A condition: every minute, for ever.
[[condition]]
name = "EveryMinute"
type = "interval"
interval_seconds = 60
recurring = true
tasks = ["Hello"]

# A record for each run. Without this part the log has only what went wrong.
[logging.levels]
whenever = "info"

# What people often add. Remove the # in front of each line of a part.

# At a time of day: workdays at 18:00, made up for once after sleep.
#[[condition]]
#name = "Evening"
#type = "time"
#time_specifications = [{ cron = "0 18 * * MON-FRI" }]
#catch_up = "once"
#recurring = true
#tasks = ["Hello"]

# When a file in a directory changes.
#[[event]]
#name = "SomethingNew"
#type = "fschange"
#watch = [${toml(home)}]
#changes = ["create"]
#condition = "Arrived"
#
#[[condition]]
#name = "Arrived"
#type = "bucket"
#immediate = true
#recurring = true
#tasks = ["Hello"]

# By hand: whenever ctl trigger Now
#[[event]]
#name = "Now"
#type = "cli"
#condition = "Asked"
#
#[[condition]]
#name = "Asked"
#type = "bucket"
#recurring = true
#tasks = ["Hello"]

# What to do when a task fails. With retries = 3 it is tried again first.
#[[task]]
#name = "Complain"
#type = "lua"
#script = 'log.warn(trigger.task .. " failed: " .. trigger.reason)'
#
#[defaults]
#on_failure = ["Complain"]
`;
