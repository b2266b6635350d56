/** Fetch sessions, and the reading and waiting of one fetch: beside the path, on the connection's event loop. */
@NullMarked
package io.millrace.broker.fetch;

import org.jspecify.annotations.NullMarked;
