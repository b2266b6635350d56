/** One thin class for each API: third on the path, on the connection's event loop. */
@NullMarked
package io.millrace.broker.handler;

import org.jspecify.annotations.NullMarked;
