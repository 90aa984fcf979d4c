/** The hour of the first job: none is due while it is measured. */
export const firstHour = (new Date().getHours() + 3) % 24;

/** The cron pattern of a job, three to twenty hours from now. */
export const pattern = (i) => `${i % 60} ${(firstHour + (Math.floor(i / 60) % 18)) % 24} * * *`;
