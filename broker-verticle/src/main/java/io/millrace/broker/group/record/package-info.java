/**
 * The records of {@code __consumer_offsets} as values, and the way to and from Kafka's formats. Beside the path; values and
 * pure functions, any thread.
 */
@NullMarked
package io.millrace.broker.group.record;

import org.jspecify.annotations.NullMarked;
