// The same properties, tried more often.
import './columns.property.test.ts';
import './window.test.ts';
