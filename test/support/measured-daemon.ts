/** A configuration with the task A, which an interval condition runs. */
export const oftenToml = (seconds: number): string => `scheduler_tick_seconds = 5
[[task]]
name = "A"
type = "command"
startup_path = "/"
command = "A"
command_arguments = []
success_status = 0
[[condition]]
name = "Often"
type = "interval"
interval_seconds = ${seconds}
recurring = true
tasks = ["A"]
`;
