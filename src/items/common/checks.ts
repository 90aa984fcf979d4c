import * as v from 'valibot';
import { closedTable, customField, floatSchema, integerSchema } from '../../config/field.ts';

const SCALAR = 'a string, a boolean or a number';
const scalar = v.union([v.string(), v.boolean(), v.bigint(), floatSchema], SCALAR);
const element = v.union([integerSchema(0), v.string()], 'an integer or a string');
const first = integerSchema(0, 63);
const INDEX = 'an integer from 0 to 63, or an array of integers and strings that begins with one';
const index = v.union(
  [
    first,
    v.pipe(
      v.array(element),
      v.check((path) => typeof path[0] === 'number' && path[0] <= 63, INDEX),
    ),
  ],
  INDEX,
);

const DBUS_OPERATORS = ['eq', 'neq', 'gt', 'ge', 'lt', 'le', 'match', 'contains', 'ncontains'] as const;
const WMI_OPERATORS = ['eq', 'neq', 'gt', 'ge', 'lt', 'le', 'match'] as const;
const operator = <const W extends readonly string[]>(words: W) => v.picklist(words, `one of ${words.join(', ')}`);

const PARAMETER = '{ index = 0, operator = "eq", value = "text" }';
const parameterCheck = closedTable({ index, operator: operator(DBUS_OPERATORS), value: scalar }, () => PARAMETER);
const FIELD = 'the name of a field';
const RESULT = '{ field = "Name", operator = "eq", value = "text" }';
const resultCheck = closedTable(
  {
    field: v.pipe(v.string(FIELD), v.regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, FIELD)),
    operator: operator(WMI_OPERATORS),
    value: scalar,
    index: v.optional(integerSchema(0)),
  },
  () => RESULT,
);

/** `parameter_check` of D-Bus conditions and events (`config.md` §5.4). */
export const parameterChecks = customField<
  readonly v.InferOutput<typeof parameterCheck>[] | undefined,
  { doc: string }
>('an array of tables', v.array(parameterCheck, `an array of tables such as ${PARAMETER}`), {
  doc: 'What the arguments must hold: tables with index, operator and value.',
});

/** `result_check` of WMI conditions (`config.md` §5.5). */
export const resultChecks = customField<readonly v.InferOutput<typeof resultCheck>[] | undefined, { doc: string }>(
  'an array of tables',
  v.array(resultCheck, `an array of tables such as ${RESULT}`),
  { doc: 'What the rows must hold: tables with field, operator, value and, for one row only, index.' },
);
