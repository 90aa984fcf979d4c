// A reporter for Vitest: writes what no test has caught to the file that UNHANDLED_ERRORS names, as a list of texts.
import { writeFileSync } from 'node:fs';

export default class UnhandledErrors {
  onTestRunEnd(_modules, errors) {
    writeFileSync(process.env.UNHANDLED_ERRORS, JSON.stringify(errors.map(({ stack, message }) => stack ?? message)));
  }
}
