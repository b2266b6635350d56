/**
 * How keys and values become bytes and come back. A codec runs on the owner's event loop of the producer or consumer that
 * uses it: it neither blocks nor keeps state between calls.
 */
@NullMarked
package io.millrace.client.serde;

import org.jspecify.annotations.NullMarked;
