/** Frames in, responses out in request order, and the read gate: first on the path, on the connection's event loop. */
@NullMarked
package io.millrace.broker.connection;

import org.jspecify.annotations.NullMarked;
