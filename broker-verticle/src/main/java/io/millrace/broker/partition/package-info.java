/** The partitions that this broker serves, and the fetches parked on them: fourth on the path, on event loops. */
@NullMarked
package io.millrace.broker.partition;

import org.jspecify.annotations.NullMarked;
