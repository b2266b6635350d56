/**
 * The event loop that a producer, a consumer or an admin client belongs to, and its timers. What decides in the client knows
 * only {@link io.millrace.client.loop.Timers}, so that tests give it a virtual clock.
 */
@NullMarked
package io.millrace.client.loop;

import org.jspecify.annotations.NullMarked;
