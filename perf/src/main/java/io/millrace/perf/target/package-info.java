/** The brokers that can be measured: Millrace's jar, and Apache Kafka from its Maven artifacts. */
@NullMarked
package io.millrace.perf.target;

import org.jspecify.annotations.NullMarked;
