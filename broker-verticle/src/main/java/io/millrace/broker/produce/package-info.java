/** Checking and appending what one Produce request brings: beside the path, on the connection's event loop. */
@NullMarked
package io.millrace.broker.produce;

import org.jspecify.annotations.NullMarked;
