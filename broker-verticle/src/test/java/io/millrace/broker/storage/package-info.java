/** Tests of storage: on real files, on simulated ones, and against Kafka's own readers. */
@NullMarked
package io.millrace.broker.storage;

import org.jspecify.annotations.NullMarked;
