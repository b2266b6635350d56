/** What connections and handlers need of an event loop: timers and hand-offs that stay cheap in numbers. */
@NullMarked
package io.millrace.broker.runtime;

import org.jspecify.annotations.NullMarked;
