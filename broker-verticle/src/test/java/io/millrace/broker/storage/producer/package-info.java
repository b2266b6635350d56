/** Tests of the producer table, against a naive model and by Kafka's rules. */
@NullMarked
package io.millrace.broker.storage.producer;

import org.jspecify.annotations.NullMarked;
