/** Partitions for tests of what is above them. */
@NullMarked
package io.millrace.broker.partition;

import org.jspecify.annotations.NullMarked;
