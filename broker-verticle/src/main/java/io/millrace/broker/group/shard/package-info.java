/**
 * The groups of one partition of {@code __consumer_offsets}: decide, log, apply. Requests become operations; an operation
 * decides on what is durable; what it wants to be true is appended, and applied when it is durable; then the client is
 * answered. A start reads the log and applies the same records. No thread, clock, file or socket in here: the package above
 * drives it, and tests do.
 */
@NullMarked
package io.millrace.broker.group.shard;

import org.jspecify.annotations.NullMarked;
