/** Finds the handler of a request and turns its answer into bytes: second on the path, on the connection's event loop. */
@NullMarked
package io.millrace.broker.dispatch;

import org.jspecify.annotations.NullMarked;
