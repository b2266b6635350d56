/** Kafka's own message classes as the oracle for ours. */
@NullMarked
package io.millrace.wire.oracle;

import org.jspecify.annotations.NullMarked;
