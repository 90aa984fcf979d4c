// The usual reporter of Vitest, which also writes what no test has caught to the file that UNHANDLED_ERRORS names, as a list of texts.
import { writeFileSync } from 'node:fs';
import { DefaultReporter } from 'vitest/reporters';

/** A process that several files share does not hear the answers to what it has reported at the end of one: that is no error of a test. */
const isError = ({ message }) => !message?.includes('Timeout calling "onTaskUpdate"');

export default class TestReporter extends DefaultReporter {
  onFinished(files, errors = []) {
    super.onFinished(files, errors.filter(isError));
  }

  onTestRunEnd(modules, errors, reason) {
    super.onTestRunEnd(modules, errors, reason);
    const texts = errors.filter(isError).map(({ stack, message }) => stack ?? message);
    writeFileSync(process.env.UNHANDLED_ERRORS, JSON.stringify(texts));
  }
}
